// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string_view>

#include "sizing/engine_llama_cpp.hpp"
#include "sizing/engine_state.hpp"
#include "sizing/state.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t float_bytes = 4;  // whatever type the cache has

/// Architectures that can take back drafted tokens, and so keep older states; the engine ignores
/// the setting for others (its answers for each of them, v0.5.0).
constexpr auto with_rollback =
    std::to_array<std::string_view>({"deepseek4", "kimi-k3", "lfm2", "lfm2moe", "nemotron_h",
                                     "nemotron_h_moe", "qwen35", "qwen35moe"});

bool rolls_back(const Model& model) {
  return model.architecture && std::find(with_rollback.begin(), with_rollback.end(),
                                         *model.architecture) != with_rollback.end();
}

}  // namespace

// llama.cpp v0.5.0: src/llama-memory-recurrent.cpp, n_embd_r and n_embd_s in src/llama-hparams.cpp.
Bytes state_bytes(const CacheRule& rule, const Layer& layer) {
  const auto& workload = rule.workload;
  const auto kept = 1 + (rolls_back(rule.model) ? workload.llama_cpp.rollback : 0);
  const auto rows = Elements{workload.sequences} * kept;
  const auto shape = state_shape(rule.model, layer);
  const auto tensor = [&](Elements width) {
    const auto bytes = Bytes{float_bytes} * rows.count() * width.count();
    return placed_tensor(bytes, TensorType::f32, width.count(), rule.on_host);
  };
  return tensor(shape.inputs()) + tensor(shape.recurrence);
}

}  // namespace llmfit::sizing::llama_cpp
