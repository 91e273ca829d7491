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

/// Groups of Mamba-2 that the ranks do not divide are raised to the number of ranks.
Elements added_groups(const Model& model, const Layer& layer, std::int64_t ranks) {
  const bool mamba = layer.kind == LayerKind::mamba || layer.kind == LayerKind::attention_mamba;
  if (!mamba || !model.arch.ssm || model.arch.ssm->version == 1) return Elements{0};
  const auto& ssm = *model.arch.ssm;
  if (ssm.n_groups % ranks == 0) return Elements{0};
  return Elements{2} * (ranks - ssm.n_groups) * ssm.d_state;
}

}  // namespace

// vLLM: vllm/model_executor/layers/mamba/mamba_utils.py.
Bytes unpadded_state(const Model& model, const Layer& layer, std::int64_t ranks) {
  const auto shape = state_shape(model, layer);
  const auto inputs = (shape.width + added_groups(model, layer, ranks)) * shape.columns;
  const auto recurrence = keeps_floats(model) ? float_bytes : dtype_bytes;
  return Bytes{dtype_bytes} * ceil_div(inputs, ranks).count() +
         Bytes{recurrence} * ceil_div(shape.recurrence, ranks).count();
}

std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer) {
  if (layer.kind == LayerKind::compressed || !rule.pages) return std::nullopt;
  return rule.pages->state(layer);
}

}  // namespace llmfit::sizing::vllm
