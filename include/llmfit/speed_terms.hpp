// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "llmfit/speed.hpp"

namespace llmfit {

/// A part of the time of a step or of a prompt.
struct SpeedTerm {
  std::string_view name;     ///< "weights", "cache", "compute", "fixed", "links", "host", "total"
  double seconds = 0;        ///< all stages together
  std::string_view formula;  ///< of milliseconds; the inputs' names in it
  std::vector<Input> inputs;
  std::string_view source;  ///< where the rule comes from
};

/// A figure of several requests in flight.
struct LoadTerm {
  std::string_view name;  ///< "step", "prompts", "request", "first token", "token", "throughput" …
  double value = 0;
  std::string_view unit;     ///< "ms", "tok/s"
  std::string_view formula;  ///< the inputs' names in it; empty: none short enough
  std::vector<Input> inputs;
  std::string_view source;
};

/// How the rates of one configuration come about: in each list the parts, then their total.
struct SpeedExplanation {
  std::string_view stack;       ///< whose speed it is
  std::string_view generation;  ///< of the cards; empty: the host
  std::int32_t measured_cards = 0;
  std::int64_t input = 0;   ///< tokens of the prompt
  std::int64_t output = 0;  ///< tokens of the answer
  bool alike = true;        ///< else stages differ, and formulas are with the first one's figures
  std::vector<SpeedTerm> step;    ///< of one token of one sequence alone; empty: nothing generated
  std::vector<SpeedTerm> prompt;  ///< of the whole prompt
  std::vector<LoadTerm> load;     ///< of `sequences` in flight; empty: not asked for
  std::int64_t sequences = 0;     ///< of all data-parallel ranks of one copy
  Rate step_band;                 ///< factors of the rate, in which nine of ten measurements lie
  Rate prompt_band;
};

/// Absent where `estimate` is. Of several sequences it tells the load too.
std::optional<SpeedExplanation> explain(const SpeedQuestion& question);

}  // namespace llmfit
