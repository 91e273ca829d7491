// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"
#include "model/habits.hpp"
#include "model/tensor_list.hpp"

namespace llmfit::model {

/// What every part is built from.
struct Blueprint {
  const ArchitectureRecord& record;
  const Habits& habits;

  [[nodiscard]] const Architecture& dims() const { return record.dims; }
  [[nodiscard]] bool has(Trait trait) const { return model::has(habits, trait); }
};

// What each part of an architecture adds to the list. The tensors and their shapes are those of
// llama.cpp's converters (conversion/*.py) and of its loader (src/models/*.cpp).

/// Token, position and type embeddings with their norm and projections.
void add_embeddings(TensorList& list, const Blueprint& plan);
/// The final norm and the output matrix, where the file has one.
void add_head(TensorList& list, const Blueprint& plan);
/// The rotary factors that converters compute.
void add_rope_factors(TensorList& list, const Blueprint& plan);

/// Multi-head, grouped or multi-query attention, and the cross-attention of vision-language models.
void add_attention(TensorList& list, const Blueprint& plan, const Layer& layer);
/// Multi-head latent attention, with the sparse-attention indexer where the layer owns one.
void add_latent_attention(TensorList& list, const Blueprint& plan, const Layer& layer,
                          bool indexed);
/// DeepSeek V4's attention with its compressor and hyper-connections.
void add_compressed_attention(TensorList& list, const Blueprint& plan, const Layer& layer,
                              int index);
/// Gated delta net, Kimi delta attention or lightning attention.
void add_linear_attention(TensorList& list, const Blueprint& plan);
/// Mamba or Mamba-2.
void add_mamba(TensorList& list, const Blueprint& plan);
void add_short_convolution(TensorList& list, const Blueprint& plan);
void add_rg_lru(TensorList& list, const Blueprint& plan);
/// RWKV 7: time mixing and channel mixing.
void add_rwkv7(TensorList& list, const Blueprint& plan, const Layer& layer, int index);
void add_rwkv4(TensorList& list, const Blueprint& plan, const Layer& layer);

/// The dense feed-forward part, the experts, or both.
void add_feed_forward(TensorList& list, const Blueprint& plan, const Layer& layer, int index);
/// The norms over the hidden size.
void add_norms(TensorList& list, const Blueprint& plan, const Layer& layer, int index);

/// The multi-token-prediction blocks, where GGUF files hold them: layers, and what feeds them.
void add_drafts(TensorList& list, const Blueprint& plan, const std::vector<Layer>& layers);
/// Both stacks of an encoder-decoder model with what stands before and after them.
void add_encoder_decoder(TensorList& list, const Blueprint& plan, const std::vector<Layer>& layers);
/// A tensor that the catalog names one by one.
void add_extra(TensorList& list, const ExtraTensor& extra);

/// All parts of one layer.
void add_layer(TensorList& list, const Blueprint& plan, const Layer& layer, int index);
/// Every tensor of the model.
std::vector<Tensor> build_tensors(const ArchitectureRecord& record,
                                  const std::vector<Layer>& layers);

}  // namespace llmfit::model
