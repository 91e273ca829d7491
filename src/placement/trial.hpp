// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "llmfit/placement.hpp"
#include "placement/sharing.hpp"

namespace llmfit::placement {

/// A situation, on devices or on the host alone, tried again and again with another context or
/// number of sequences: what does not change is computed once, and layers with the same cache are
/// counted, not walked.
class Trial {
 public:
  using Rounding = sizing::llama_cpp::BatchRounding;

  explicit Trial(const Situation& situation);

  /// Bytes that the tightest device has left; negative: it does not fit.
  std::int64_t headroom(std::int64_t context, std::int64_t sequences,
                        Rounding rounding = Rounding::as_engine);

 private:
  struct TrialStage {
    Bytes weights;    ///< of one rank
    Bytes available;  ///< on the smallest of the stage's devices
    Bytes memory;     ///< of its first device
  };

  void add_stage(const StageSums& sums);
  [[nodiscard]] Bytes engine_need(const sizing::ComputeQuery& query, std::size_t stage) const;
  void count_caches(const StageRange& range);
  [[nodiscard]] Bytes stage_cache(std::size_t stage) const;

  const Situation& situation_;
  sizing::Widths widths_;
  Workload workload_;
  Split split_;
  Bytes runtime_;  ///< of one device
  std::vector<TrialStage> stages_;
  std::vector<const Layer*> kinds_;   ///< layers with different caches and states
  std::vector<std::int64_t> counts_;  ///< how many of each kind, stage by stage
  std::vector<Bytes> cache_of_kind_;  ///< and state, of one layer on one rank, in this try
  std::optional<Bytes> whole_cache_;  ///< vLLM: of the only stage, its padding not rounded
};

}  // namespace llmfit::placement
