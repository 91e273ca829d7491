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

/// The names that cross-attention has of its own.
struct Names {
  std::string_view q, k, v, output, q_norm, k_norm;
};
constexpr Names self_names{"attn_q",      "attn_k",      "attn_v",
                           "attn_output", "attn_q_norm", "attn_k_norm"};
constexpr Names cross_names{"cross_attn_q",      "cross_attn_k",      "cross_attn_v",
                            "cross_attn_output", "cross_attn_q_norm", "cross_attn_k_norm"};

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

void add_fused(TensorList& list, const Architecture& arch, const Widths& widths) {
  const auto all = sum(sum(widths.q, widths.k), widths.v);
  list.matrix("attn_qkv", widths.hidden, all);
  if (arch.qkv_bias) list.bias("attn_qkv", all);
}

void add_separate(TensorList& list, const Architecture& arch, const Layer& layer,
                  const Widths& widths, const Names& names) {
  const bool keys_are_values = arch.k_eq_v && layer.kind == LayerKind::full;
  list.matrix(names.q, widths.hidden, widths.q);
  list.matrix(names.k, widths.hidden, widths.k);
  if (!keys_are_values) list.matrix(names.v, widths.hidden, widths.v);
  if (!arch.qkv_bias) return;
  list.bias(names.q, product(layer.heads, layer.head_dim));
  list.bias(names.k, widths.k);
  list.bias(names.v, widths.v);
}

void add_output(TensorList& list, const Architecture& arch, const Layer& layer,
                const Widths& widths, const Names& names) {
  list.matrix(names.output, widths.output, widths.hidden);
  if (arch.attention_out_bias) list.bias(names.output, widths.hidden);
  if (arch.output_gate == OutputGate::separate) {
    list.matrix("attn_gate", widths.hidden, widths.output);
  }
  if (arch.output_gate == OutputGate::per_head) {
    list.matrix("attn_gate", widths.hidden, layer.heads);
  }
}

void add_qk_norms(TensorList& list, const Blueprint& plan, const Layer& layer, QkNorm kind,
                  const Names& names) {
  if (kind == QkNorm::none) return;
  if (kind != QkNorm::full) {
    const auto norm = kind == QkNorm::per_head_layernorm ? Norm::layernorm : Norm::rmsnorm;
    list.norm(norm, names.q_norm, layer.head_dim);
    list.norm(norm, names.k_norm, layer.head_dim);
  } else if (plan.has(qk_norm_by_head)) {
    list.matrix(names.q_norm, layer.head_dim, layer.heads);
    list.matrix(names.k_norm, layer.head_dim, layer.kv_heads);
  } else {
    list.vector(names.q_norm, product(layer.heads, layer.head_dim));
    list.vector(names.k_norm, product(layer.kv_heads, layer.head_dim));
  }
}

bool has_sinks(const Architecture& arch, const Layer& layer) {
  return arch.sinks_all || (arch.sinks_sliding && layer.kind == LayerKind::sliding);
}

void add_gates(TensorList& list) {
  list.add("cross_attn_attn_gate", Suffix::none, {1, 1, 1, 1});
  list.add("cross_attn_mlp_gate", Suffix::none, {1, 1, 1, 1});
}

}  // namespace

void add_attention(TensorList& list, const Blueprint& plan, const Layer& layer) {
  if (layer.heads == 0) return;  // the layer has its attention removed
  const auto& arch = plan.dims();
  const bool cross = layer.kind == LayerKind::cross;
  const auto& names = cross ? cross_names : self_names;
  const auto widths = widths_of(arch, layer);
  if (plan.has(fused_qkv)) {
    add_fused(list, arch, widths);
  } else {
    add_separate(list, arch, layer, widths, names);
  }
  add_output(list, arch, layer, widths, names);
  add_qk_norms(list, plan, layer, cross ? QkNorm::per_head : arch.qk_norm, names);
  if (has_sinks(arch, layer)) list.vector("attn_sinks", layer.heads);
  if (cross) add_gates(list);
}

}  // namespace llmfit::model
