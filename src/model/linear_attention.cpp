// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

/// Gated delta net (Qwen3-Next, Qwen3.5).
void add_gated_delta(TensorList& list, const Blueprint& plan, const LinearAttention& dims) {
  const auto hidden = plan.dims().hidden_size;
  const auto keys = product(dims.key_heads, dims.key_head_dim);
  const auto values = product(dims.value_heads, dims.value_head_dim);
  const auto all = sum(product(2, keys), values);
  list.matrix("attn_qkv", hidden, all);
  list.matrix("attn_gate", hidden, values);
  if (plan.has(split_beta_alpha)) {
    list.matrix("ssm_beta", hidden, dims.value_heads);
    list.matrix("ssm_alpha", hidden, dims.value_heads);
  } else {
    list.matrix("ssm_ba", hidden, product(2, dims.value_heads));
  }
  list.matrix("ssm_conv1d", dims.conv_kernel, all);
  list.bias("ssm_dt", dims.value_heads);
  list.bare("ssm_a", dims.value_heads);
  list.vector("ssm_norm", dims.value_head_dim);
  list.matrix("ssm_out", values, hidden);
}

struct Stream {
  std::string_view projection, convolution;
};
constexpr Stream streams[] = {
    {"attn_q", "ssm_conv1d_q"}, {"attn_k", "ssm_conv1d_k"}, {"attn_v", "ssm_conv1d_v"}};

/// Kimi delta attention (Kimi Linear, Kimi K3).
void add_kimi_delta(TensorList& list, const Blueprint& plan, const LinearAttention& dims) {
  const auto hidden = plan.dims().hidden_size;
  const auto head = dims.value_head_dim;
  const auto inner = product(dims.value_heads, head);
  for (const auto& stream : streams) {
    list.matrix(stream.projection, hidden, inner);
    list.add(stream.convolution, Suffix::weight, {dims.conv_kernel, 1, inner, 1});
  }
  list.matrix("ssm_f_a", hidden, head);
  list.matrix("ssm_f_b", head, inner);
  if (dims.full_rank_gate) {
    list.matrix("ssm_g", hidden, inner);
  } else {
    list.matrix("ssm_g_a", hidden, head);
    list.matrix("ssm_g_b", head, inner);
  }
  list.matrix("ssm_beta", hidden, dims.value_heads);
  list.bias("ssm_dt", inner);
  if (plan.has(flat_decay)) {
    list.bare("ssm_a", dims.value_heads);
  } else {
    list.bare("ssm_a", 1, dims.value_heads);
  }
  list.vector("ssm_norm", head);
  list.matrix("attn_output", inner, hidden);
}

/// Lightning attention (MiniMax-01, Bailing).
void add_lightning(TensorList& list, const Blueprint& plan, const LinearAttention& dims) {
  const auto hidden = plan.dims().hidden_size;
  const auto inner = product(dims.value_heads, dims.value_head_dim);
  list.matrix("attn_qkv", hidden, product(3, inner));
  list.matrix("attn_gate", hidden, inner);
  list.vector("attn_norm_2", inner);
  list.matrix("attn_output", inner, hidden);
  if (!dims.qk_norm) return;
  list.vector("attn_q_norm", dims.value_head_dim);
  list.vector("attn_k_norm", dims.value_head_dim);
}

}  // namespace

void add_linear_attention(TensorList& list, const Blueprint& plan) {
  if (!plan.dims().linear_attention) return;
  const auto& dims = *plan.dims().linear_attention;
  switch (dims.kind) {
    case LinearKind::gated_delta:
      return add_gated_delta(list, plan, dims);
    case LinearKind::kimi_delta:
      return add_kimi_delta(list, plan, dims);
    case LinearKind::lightning:
      return add_lightning(list, plan, dims);
  }
}

}  // namespace llmfit::model
