// SPDX-License-Identifier: MIT
#include "sizing/vllm_state.hpp"

#include <algorithm>
#include <string_view>

#include "sizing/widths.hpp"

namespace llmfit::sizing::vllm {
namespace {

constexpr std::int64_t dtype_bytes = 2;  // convolution states are in the model's type

/// Elements of one layer's state, over all ranks.
struct State {
  Elements convolution;
  Elements recurrent;
};

Elements product(std::int64_t a, std::int64_t b, std::int64_t c) { return Elements{a} * b * c; }

/// vllm/model_executor/layers/mamba/mamba_utils.py. Groups that do not divide are raised to the
/// number of ranks.
State mamba_state(const Ssm& ssm, std::int64_t ranks) {
  const std::int64_t window = ssm.d_conv - 1;
  if (ssm.version == 1) {
    return {product(window, ssm.d_inner, 1), product(ssm.d_inner, ssm.d_state, 1)};
  }
  const std::int64_t groups = ssm.n_groups % ranks == 0 ? ssm.n_groups : ranks;
  const auto width = Elements{ssm.d_inner} + product(2, groups, ssm.d_state);
  return {width * window, product(ssm.d_inner, ssm.d_state, 1)};
}

State linear_state(const LinearAttention& linear) {
  const auto keys = product(linear.key_heads, linear.key_head_dim, 2);
  const auto values = product(linear.value_heads, linear.value_head_dim, 1);
  const std::int64_t window = std::max(0, linear.conv_kernel - 1);
  return {(keys + values) * window,
          product(linear.value_heads, linear.value_head_dim, linear.key_head_dim)};
}

State state_of(const Model& model, const Layer& layer, std::int64_t ranks) {
  const auto& arch = model.arch;
  switch (layer.kind) {
    case LayerKind::mamba:
    case LayerKind::attention_mamba:
      return arch.ssm ? mamba_state(*arch.ssm, ranks) : State{};
    case LayerKind::linear_attention:
      return arch.linear_attention ? linear_state(*arch.linear_attention) : State{};
    case LayerKind::short_conv:
      if (!arch.short_conv) return {};
      return {product(arch.short_conv->l_cache - 1, arch.hidden_size, 1), {}};
    default:
      return {};
  }
}

/// Models whose configuration asks for a recurrent state in 32 bits (mamba_ssm_cache_dtype):
/// Qwen3.5 and its successors, Nemotron-H. The linear attention of lightning and Kimi is kept so by
/// its layer.
std::int64_t recurrent_bytes(const Model& model) {
  const std::string_view name = model.architecture ? std::string_view(*model.architecture) : "";
  if (name.starts_with("qwen35") || name.starts_with("nemotron")) return 4;
  const auto& linear = model.arch.linear_attention;
  return linear && linear->kind != LinearKind::gated_delta ? 4 : dtype_bytes;
}

std::int64_t divided(Elements elements, std::int64_t ranks) {
  return ceil_div(elements, ranks).count();
}

}  // namespace

bool holds_state(const Layer& layer) {
  return layer.kind == LayerKind::mamba || layer.kind == LayerKind::attention_mamba ||
         layer.kind == LayerKind::linear_attention || layer.kind == LayerKind::short_conv;
}

Bytes state_bytes(const Model& model, const Layer& layer, std::int64_t ranks) {
  const auto state = state_of(model, layer, ranks);
  return Bytes{dtype_bytes} * divided(state.convolution, ranks) +
         Bytes{recurrent_bytes(model)} * divided(state.recurrent, ranks);
}

}  // namespace llmfit::sizing::vllm
