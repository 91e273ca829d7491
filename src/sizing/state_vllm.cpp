// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string_view>

#include "sizing/engine_state.hpp"
#include "sizing/state.hpp"

namespace llmfit::sizing::vllm {
namespace {

constexpr std::int64_t dtype_bytes = 2;  // the model runs in bf16 or f16
constexpr std::int64_t float_bytes = 4;

/// Block sizes that attention kernels take: multiples of these.
constexpr std::int64_t kernel_step = 16;
constexpr std::int64_t latent_kernel_step = 64;

/// Models whose configuration asks for a recurrence in f32 (its mamba_ssm_dtype or
/// mamba_ssm_cache_dtype).
constexpr auto with_float_recurrence =
    std::to_array<std::string_view>({"nemotron_h", "nemotron_h_moe", "qwen35", "qwen35moe"});

bool keeps_floats(const Model& model) {
  const auto& linear = model.arch.linear_attention;
  if (linear && linear->kind == LinearKind::kimi_delta) return true;
  return model.architecture && std::find(with_float_recurrence.begin(), with_float_recurrence.end(),
                                         *model.architecture) != with_float_recurrence.end();
}

// vLLM: vllm/model_executor/layers/mamba/mamba_utils.py.
Bytes unpadded_state(const Model& model, const Layer& layer) {
  const auto shape = state_shape(model, layer);
  return Bytes{dtype_bytes} * shape.inputs().count() +
         Bytes{keeps_floats(model) ? float_bytes : dtype_bytes} * shape.recurrence.count();
}

/// Elements that one token takes in an attention layer.
Elements token_width(const Architecture& arch, const Layer& layer) {
  if (caches_latent(arch, layer)) return latent_width(*arch.mla);
  return Elements{layer.kv_heads} * (std::int64_t{layer.head_dim} + layer.value_head_dim);
}

}  // namespace

// vLLM: HybridAttentionMambaModelConfig in vllm/model_executor/models/config.py.
StatePage state_page(const Model& model, const Workload& workload) {
  Bytes state;
  Elements token;
  bool latent = false;
  for (const auto& layer : model.layers) {
    if (keeps_state(layer)) state = std::max(state, unpadded_state(model, layer));
    if (!holds_tokens(layer)) continue;
    token = std::max(token, token_width(model.arch, layer));
    latent = latent || caches_latent(model.arch, layer);
  }
  const auto per_token = Bytes{cache_row_bytes(workload.cache_k, token.count())};
  if (per_token <= Bytes{0} || state.overflowed() || per_token.overflowed()) return {0, state};
  const auto step = latent ? latent_kernel_step : kernel_step;
  const auto tokens = ceil_div(state.count(), (per_token * step).count()) * step;
  return {tokens, per_token * tokens};
}

std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer) {
  if (layer.kind == LayerKind::compressed) return std::nullopt;
  return state_page(rule.model, rule.workload).bytes * rule.workload.sequences;
}

}  // namespace llmfit::sizing::vllm
