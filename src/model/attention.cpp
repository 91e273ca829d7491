// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

struct Widths {
  std::int64_t hidden = 0;
  std::int64_t q = 0;  ///< queries, with an output gate folded into their projection
  std::int64_t k = 0;
  std::int64_t v = 0;
  std::int64_t output = 0;  ///< what the output projection reads
};

Widths widths_of(const Architecture& arch, const Layer& layer) {
  const int gate = arch.output_gate == OutputGate::in_q ? 2 : 1;
  Widths widths;
  widths.hidden = arch.hidden_size;
  widths.q = product(layer.heads, layer.head_dim, gate);
  widths.k = product(layer.kv_heads, layer.head_dim);
  widths.v = product(layer.kv_heads, layer.value_head_dim);
  widths.output = product(layer.heads, layer.value_head_dim);
  return widths;
}

void add_projections(TensorList& list, const Architecture& arch, const Layer& layer,
                     const Widths& widths) {
  const bool keys_are_values = arch.k_eq_v && layer.kind == LayerKind::full;
  list.matrix("attn_q", widths.hidden, widths.q);
  list.matrix("attn_k", widths.hidden, widths.k);
  if (!keys_are_values) list.matrix("attn_v", widths.hidden, widths.v);
  list.matrix("attn_output", widths.output, widths.hidden);
  if (arch.output_gate == OutputGate::separate) {
    list.matrix("attn_gate", widths.hidden, widths.output);
  }
  if (arch.output_gate == OutputGate::per_head) {
    list.matrix("attn_gate", widths.hidden, layer.heads);
  }
}

void add_biases(TensorList& list, const Architecture& arch, const Layer& layer,
                const Widths& widths) {
  if (arch.qkv_bias) {
    list.bias("attn_q", product(layer.heads, layer.head_dim));
    list.bias("attn_k", widths.k);
    list.bias("attn_v", widths.v);
  }
  if (arch.attention_out_bias) list.bias("attn_output", widths.hidden);
}

void add_norms(TensorList& list, QkNorm kind, const Layer& layer, const Widths& widths) {
  if (kind == QkNorm::none) return;
  const bool per_head = kind != QkNorm::full;
  const auto weight = kind == QkNorm::per_head_layernorm ? Norm::layernorm : Norm::rmsnorm;
  list.norm(weight, "attn_q_norm",
            per_head ? layer.head_dim : product(layer.heads, layer.head_dim));
  list.norm(weight, "attn_k_norm", per_head ? layer.head_dim : widths.k);
}

bool has_sinks(const Architecture& arch, const Layer& layer) {
  return arch.sinks_all || (arch.sinks_sliding && layer.kind == LayerKind::sliding);
}

}  // namespace

void add_attention(TensorList& list, const Architecture& arch, const Layer& layer) {
  if (layer.heads == 0) return;  // the layer has its attention removed
  const bool cross = layer.kind == LayerKind::cross;
  const auto widths = widths_of(arch, layer);
  add_projections(list, arch, layer, widths);
  add_biases(list, arch, layer, widths);
  add_norms(list, cross ? QkNorm::per_head : arch.qk_norm, layer, widths);
  if (has_sinks(arch, layer)) list.vector("attn_sinks", layer.heads);
  if (cross) {
    list.vector("cross_attn_attn_gate", 1);
    list.vector("cross_attn_mlp_gate", 1);
  }
}

}  // namespace llmfit::model
