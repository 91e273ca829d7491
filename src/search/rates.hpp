// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "llmfit/fit.hpp"

namespace llmfit::search {

struct FormatContext;

/// How fast configurations of one format are. What a step touches is counted at the first question.
class Speedometer {
 public:
  /// Rates of a configuration that holds the model, with `sequences` in flight. `prompts`: the
  /// throughput counts the time of their prompts too. Absent: no rate is known.
  std::optional<Rates> at(const FormatContext& context, const Candidate& candidate,
                          std::int64_t sequences, bool prompts);

  /// The same for a job of many sequences. Absent: no rate is known.
  std::optional<std::array<BatchTime, batch_ways>> work_off(const FormatContext& context,
                                                            const Candidate& candidate);

 private:
  SpeedQuestion question(const FormatContext& context, const Candidate& candidate,
                         std::span<const CardShare> cards);

  std::optional<Work> work_;
};

/// Adds the rates of a candidate that was evaluated, and what its tokens cost.
void add_rates(const FormatContext& context, Candidate& candidate);

}  // namespace llmfit::search
