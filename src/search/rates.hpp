// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "llmfit/fit.hpp"

namespace llmfit::search {

struct FormatContext;

/// The prompt and the answer that rates are for; no longer than the context.
struct Lengths {
  std::int64_t input;
  std::int64_t output;
};
Lengths lengths_of(const FormatContext& context);

/// How fast configurations of one format are. What a step touches is counted at the first question.
class Speedometer {
 public:
  /// Rates of a configuration that holds the model, placed or only sketched, with `sequences` in
  /// flight. `prompts`: the throughput counts the time of their prompts too. Absent: no rate is
  /// known.
  std::optional<Rates> at(const FormatContext& context, const Candidate& candidate,
                          std::int64_t sequences, bool prompts);

  /// How its rates for one sequence come about; absent where they are.
  std::optional<SpeedExplanation> explain(const FormatContext& context, const Candidate& candidate);

  /// The same for a job of many sequences. Absent: no rate is known.
  std::optional<std::array<BatchTime, batch_ways>> work_off(const FormatContext& context,
                                                            const Candidate& candidate);

 private:
  const Work& work(const FormatContext& context);

  std::optional<Work> work_;
};

/// What configurations are compared by: tokens a second of one sequence, of an encoder those that
/// it encodes; of several sequences those of all.
const Rate& compared_rate(const Rates& rates, std::int64_t sequences);

/// What `--sort fastest` compares; absent: not known.
std::optional<double> speed_of(const FormatContext& context, const Candidate& candidate);

/// Adds the rates of a candidate that holds the model, and what its tokens cost.
void add_rates(const FormatContext& context, Candidate& candidate);

}  // namespace llmfit::search
