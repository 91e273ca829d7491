// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "llmfit/placement.hpp"
#include "placement/sharing.hpp"
#include "placement/stages.hpp"

namespace llmfit::placement {

/// A situation, on devices or on the host alone, tried again and again with another context or
/// number of sequences: what does not change is computed once, and layers with the same cache are
/// counted, not walked.
class Trial {
 public:
  using Rounding = sizing::llama_cpp::BatchRounding;
  using Guess = sizing::llama_cpp::ComputeGuess;

  explicit Trial(const Situation& situation);

  /// Every device is that one from now on; not for vLLM, whose defaults follow the device.
  void put_on(const Device& device);

  /// Bytes that the tightest device has left; negative: it does not fit. Where compute memory would
  /// have to be replayed, bounds of it will do: then the sign is sure, the amount is not.
  std::int64_t headroom(std::int64_t context, std::int64_t sequences,
                        Rounding rounding = Rounding::as_engine);

 private:
  /// Ranks of a stage that take the same.
  struct TrialStage {
    std::size_t stage = 0;
    Bytes weights;    ///< of one rank
    Bytes available;  ///< on the smallest of their devices
    Bytes memory;     ///< of the first
  };

  /// Of one rank of a stage.
  struct Need {
    Bytes cache;
    Bytes others;
  };

  /// Sets the next try.
  void prepare(std::int64_t context, std::int64_t sequences);
  /// What one rank of a stage needs in it, without the engine's runtime.
  [[nodiscard]] Need place_need(const TrialStage& place, Rounding rounding, Guess* guess) const;
  /// The same of a model beside it, on the ranks of that stage which take the most.
  [[nodiscard]] Need stage_need(std::size_t stage, Rounding rounding, Guess* guess) const;
  /// What one rank of a stage has left in the try that was set.
  [[nodiscard]] std::int64_t left_of(const TrialStage& place, Rounding rounding,
                                     Guess* guess) const;

  void add_stages(std::span<const StageRange> ranges);
  void add_ranks(const Pieces& pieces, const StageRange& range, std::size_t stage);
  [[nodiscard]] Bytes compute_need(const sizing::ComputeQuery& query,
                                   const TrialStage& place) const;
  [[nodiscard]] Bytes runtime_need(const sizing::ComputeQuery& query) const;
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
  std::unique_ptr<Situation> draft_situation_;
  std::unique_ptr<Trial> draft_;  ///< of the model beside it; null: none
};

}  // namespace llmfit::placement
