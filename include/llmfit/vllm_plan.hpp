// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "llmfit/placement.hpp"

namespace llmfit {

/// Why vLLM does not start, in the order in which it finds out.
enum class VllmRefusal {
  free_memory,       ///< less is free than the share that was asked for
  weights,           ///< out of memory while weights are loaded
  no_cache_blocks,   ///< nothing is left for the cache
  context_too_long,  ///< what is left does not hold one sequence
};
std::string_view to_string(VllmRefusal refusal);  ///< "free_memory", "context_too_long" …

/// How vLLM divides the memory of the device that has the least left for its cache, and what it
/// prints about that when it starts.
struct VllmPlan {
  Bytes budget;      ///< utilization x total
  Bytes weights;     ///< of this rank
  Bytes activation;  ///< peak of the profiling run
  Bytes graphs;      ///< CUDA graphs, where its version counts them in; else 0
  Bytes non_torch;   ///< what PyTorch does not see: kernels, communication
  Bytes kv_budget;   ///< left for the cache; may be negative
  std::int64_t block_tokens = 0;
  Bytes block_bytes;                     ///< of one block in all layers of this rank
  std::int64_t blocks = 0;               ///< the smallest number over all ranks
  std::int64_t blocks_per_sequence = 0;  ///< that one sequence of the context needs
  std::int64_t cache_tokens = 0;         ///< "GPU KV cache size"
  double max_concurrency = 0;            ///< "Maximum concurrency", sequences of the context
  std::optional<VllmRefusal> refusal;
  std::int64_t longest_context = 0;  ///< "estimated maximum model length"; 0: not even one token
};

/// What vLLM does with the situation; absent where the cache is unknown or a device is missing.
/// `free`: memory of each device when it starts, absent: all but the CUDA context.
std::optional<VllmPlan> plan_vllm(const Situation& situation,
                                  std::optional<Bytes> free = std::nullopt);

}  // namespace llmfit
