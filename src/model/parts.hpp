// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"
#include "model/tensor_list.hpp"

namespace llmfit::model {

// What each part of an architecture adds to the list. The tensors and their shapes are those of
// llama.cpp's converters and of src/models/*.cpp there.

/// Token, position and type embeddings with their norm and projections.
void add_embeddings(TensorList& list, const Architecture& arch);
/// The final norm and the output matrix, where they are not the embedding itself.
void add_head(TensorList& list, const Architecture& arch);
/// Multi-head, grouped or multi-query attention, and the cross-attention of vision-language models.
void add_attention(TensorList& list, const Architecture& arch, const Layer& layer);
/// Multi-head latent attention, with the sparse-attention indexer where the layer owns one.
void add_latent_attention(TensorList& list, const Architecture& arch, const Layer& layer,
                          bool indexed);
/// The dense feed-forward part, the experts, or both.
void add_feed_forward(TensorList& list, const Architecture& arch, const Layer& layer, int index);
/// A tensor that the catalog names one by one.
void add_extra(TensorList& list, const ExtraTensor& extra);

}  // namespace llmfit::model
