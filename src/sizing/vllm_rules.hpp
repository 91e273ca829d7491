// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "llmfit/sizing.hpp"
#include "sizing/widths.hpp"

/// What changed between versions of vLLM, and the defaults of its server.
namespace llmfit::sizing::vllm {

/// Rules from one version on.
struct Rules {
  std::int32_t first;            ///< minor version of 0.x
  double utilization;            ///< where nobody names it
  std::int64_t bytes_per_logit;  ///< of the sampler's dummy run
  bool asks_large_cards;         ///< cards from 70 GiB up have larger defaults
  bool counts_graphs;            ///< CUDA graphs are inside the budget
  std::int64_t batches;          ///< in flight, of which a window keeps the tokens
  std::int64_t state_blocks;     ///< of a recurrent layer for one sequence, under prefix caching
  std::int64_t group_percent;    ///< groups are as large as the largest kind of layer below this
  bool keeps_windows;            ///< windowed layers keep their window only
  bool tokens_by_concurrency;    ///< the printed cache size is concurrency x context
};
const Rules& rules_of(const VllmSettings& settings);

/// Tokens and sequences of one scheduler step.
struct Scheduler {
  std::int64_t tokens = 0;
  std::int64_t sequences = 0;
};
/// What was set, else the server's default for a device of `total` memory (absent: unlimited, taken
/// as a small one).
Scheduler scheduler(const Workload& workload, std::optional<Bytes> total);

/// `workload` with the scheduler's figures and the platform fixed to those of such a device.
Workload on_device(const Workload& workload, Bytes total, Platform platform);

/// Tokens whose keys and values a windowed layer holds beside its window.
std::int64_t tokens_in_flight(const Workload& workload);

}  // namespace llmfit::sizing::vllm
