// SPDX-License-Identifier: MIT
#include <algorithm>

#include "model/parts.hpp"

namespace llmfit::model {
namespace {

bool in_layer(const ExtraTensor& extra, int layer) {
  return extra.layers.empty() ||
         std::find(extra.layers.begin(), extra.layers.end(), layer) != extra.layers.end();
}

/// Draft blocks, numbered after the last layer, have one where any layer has.
bool owns_indexer(const ArchitectureRecord& record, int layer) {
  const auto& layers = record.indexer_layers;
  return layers.empty() || layer >= record.layers ||
         std::find(layers.begin(), layers.end(), layer) != layers.end();
}

/// Attention replaced by one matrix (Nemotron-NAS).
void add_linear(TensorList& list, const Blueprint& plan) {
  list.matrix("attn_output", plan.dims().hidden_size, plan.dims().hidden_size);
}

/// What mixes tokens in the layer.
void add_mixer(TensorList& list, const Blueprint& plan, const Layer& layer, int index) {
  switch (layer.kind) {
    case LayerKind::full:
    case LayerKind::sliding:
    case LayerKind::chunked:
    case LayerKind::bidirectional:
    case LayerKind::cross:
      return add_attention(list, plan, layer);
    case LayerKind::mla:
      return add_latent_attention(list, plan, layer, owns_indexer(plan.record, index));
    case LayerKind::attention_mamba:
      add_attention(list, plan, layer);
      return add_mamba(list, plan);
    case LayerKind::mamba:
      return add_mamba(list, plan);
    case LayerKind::linear_attention:
      return add_linear_attention(list, plan);
    case LayerKind::short_conv:
      return add_short_convolution(list, plan);
    case LayerKind::rg_lru:
      return add_rg_lru(list, plan);
    case LayerKind::rwkv:
      return add_rwkv7(list, plan, layer, index);
    case LayerKind::rwkv4:
      return add_rwkv4(list, plan, layer);
    case LayerKind::compressed:
      return add_compressed_attention(list, plan, layer, index);
    case LayerKind::linear:
      return add_linear(list, plan);
    case LayerKind::none:
      return;
  }
}

void add_decoder(TensorList& list, const Blueprint& plan, const std::vector<Layer>& layers) {
  add_embeddings(list, plan);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    add_layer(list, plan, layers[i], static_cast<int>(i));
  }
  add_drafts(list, plan, layers);
  list.enter_layer(-1);
  add_head(list, plan);
}

}  // namespace

void add_layer(TensorList& list, const Blueprint& plan, const Layer& layer, int index) {
  list.enter_layer(index);
  add_norms(list, plan, layer, index);
  add_mixer(list, plan, layer, index);
  add_feed_forward(list, plan, layer, index);
  for (const auto& extra : plan.record.extra_per_layer) {
    if (in_layer(extra, index)) add_extra(list, extra);
  }
}

std::vector<Tensor> build_tensors(const ArchitectureRecord& record,
                                  const std::vector<Layer>& layers) {
  const Blueprint plan{record, habits_of(record.gguf)};
  TensorList list(layers.size() * 16 + 16);
  if (record.dims.kind == ModelKind::encoder_decoder) {
    add_encoder_decoder(list, plan, layers);
  } else {
    add_decoder(list, plan, layers);
  }
  add_rope_factors(list, plan);
  for (const auto& extra : record.extra_tensors) add_extra(list, extra);
  return list.take();
}

}  // namespace llmfit::model
