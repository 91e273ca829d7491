// SPDX-License-Identifier: MIT
#include "sizing/vllm_rules.hpp"

#include <algorithm>
#include <array>

namespace llmfit::sizing::vllm {
namespace {

/// Sampler: 38.2 bytes a logit reproduce the profiling lines of seven start-ups of v0.11, one of
/// v0.10 and two later ones; from about v0.16 on a fused top-k/top-p kernel leaves 14 to 16.
/// Graphs: vllm/v1/worker/gpu_worker.py, counted by default since v0.21, when the default share
/// rose too. Batches in flight, blocks of a state: vllm/v1/kv_cache_interface.py of mid-2026, which
/// the printed concurrency of gemma-4-12b and Qwen3.6-35B-A3B confirms to the block. Groups:
/// vllm/v1/core/kv_cache_utils.py of v0.10, v0.11 and v0.16.
constexpr std::array<Rules, 7> versions = {{
    {0, 0.90, 38, false, false, 1, 1, 100, false, false},
    {9, 0.90, 38, true, false, 1, 1, 100, false, false},
    {10, 0.90, 38, true, false, 1, 1, 100, true, false},
    {11, 0.90, 38, true, false, 1, 1, 125, true, false},
    {16, 0.90, 16, true, false, 1, 1, 150, true, false},
    {21, 0.92, 16, true, true, 2, 2, 150, true, false},
    {22, 0.92, 16, true, true, 2, 2, 150, true, true},
}};

/// Server defaults (vllm/engine/arg_utils.py): cards from 70 GiB up take more at once, the A100
/// excepted by its name.
constexpr Bytes large_device = gib(70);
constexpr Scheduler large_defaults{8192, 1024};
constexpr Scheduler small_defaults{2048, 256};

}  // namespace

const Rules& rules_of(const VllmSettings& settings) {
  const auto* found = &versions.front();
  for (const auto& rules : versions) {
    if (rules.first <= settings.version) found = &rules;
  }
  return *found;
}

Scheduler scheduler(const Workload& workload, std::optional<Bytes> total) {
  const auto& settings = workload.vllm;
  const bool large = total && *total >= large_device && settings.platform != Platform::cuda_a100 &&
                     rules_of(settings).asks_large_cards;
  const auto& defaults = large ? large_defaults : small_defaults;
  Scheduler step;
  step.tokens = settings.max_num_batched_tokens.value_or(defaults.tokens);
  // More than the default are asked for with max-num-seqs: a note says so.
  step.sequences = std::max(settings.max_num_seqs.value_or(defaults.sequences), workload.sequences);
  step.sequences = std::min(step.sequences, step.tokens);
  return step;
}

Workload on_device(const Workload& workload, Bytes total, Platform platform) {
  auto fixed = workload;
  fixed.vllm.platform = platform;
  const auto step = scheduler(fixed, total);
  fixed.vllm.max_num_batched_tokens = step.tokens;
  fixed.vllm.max_num_seqs = step.sequences;
  return fixed;
}

std::int64_t tokens_in_flight(const Workload& workload) {
  return scheduler(workload, std::nullopt).tokens * rules_of(workload.vllm).batches;
}

}  // namespace llmfit::sizing::vllm
