// SPDX-License-Identifier: MIT
#include "sizing/engine_state.hpp"
#include "sizing/state.hpp"

namespace llmfit::sizing::transformers {
namespace {

constexpr std::int64_t float_bytes = 4;

/// What its cache classes keep beside the model's own type.
struct Habit {
  bool current_input = false;  ///< a convolution's state has a column for the current token
  bool floats = false;         ///< the recurrence is in f32
};

/// Absent: the library has no such layers, or how they cache is not known.
std::optional<Habit> habit_of(const Model& model, const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::attention_mamba:
    case LayerKind::mamba:
    case LayerKind::short_conv:
      return Habit{true, false};
    case LayerKind::rg_lru:
    case LayerKind::rwkv4:
      return Habit{false, true};
    case LayerKind::linear_attention:
      if (!model.arch.linear_attention) return std::nullopt;
      if (model.arch.linear_attention->kind == LinearKind::gated_delta) return Habit{true, true};
      if (model.arch.linear_attention->kind == LinearKind::lightning) return Habit{false, false};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

// transformers: MambaCache, Lfm2HybridConvCache, Qwen3NextDynamicCache, MiniMaxCache, the state of
// RwkvModel, and _setup_cache of models/recurrent_gemma/modeling_recurrent_gemma.py.
std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer) {
  const auto habit = habit_of(rule.model, layer);
  if (!habit) return std::nullopt;
  const auto shape = state_shape(rule.model, layer);
  const std::int64_t own = layout(rule.workload.cache_k).bytes;
  const auto columns = shape.columns + (habit->current_input ? 1 : 0);
  const auto inputs = Bytes{own} * shape.width.count() * columns;
  const auto recurrence = Bytes{habit->floats ? float_bytes : own} * shape.recurrence.count();
  return (inputs + recurrence) * rule.workload.sequences;
}

}  // namespace llmfit::sizing::transformers
