// SPDX-License-Identifier: MIT
#include "sizing/engine_state.hpp"
#include "sizing/state.hpp"

namespace llmfit::sizing::vllm {

std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer) {
  if (layer.kind == LayerKind::compressed) return std::nullopt;
  const auto shape = state_shape(rule.model, layer);
  return Bytes{2} * rule.workload.sequences * (shape.inputs + shape.recurrence).count();
}

}  // namespace llmfit::sizing::vllm
