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
  std::string_view formula;  ///< the inputs' names in it
  std::vector<Input> inputs;
  std::string_view source;  ///< where the rule comes from
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
  Rate step_band;                 ///< factors of the rate, in which nine of ten measurements lie
  Rate prompt_band;
};

/// Absent where `estimate` is.
std::optional<SpeedExplanation> explain(const SpeedQuestion& question);

}  // namespace llmfit
