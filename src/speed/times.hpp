// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "speed/device.hpp"

/// How long a step and a prompt take on a whole configuration.
namespace llmfit::speed {

/// The devices of one pipeline stage, as fast as the slowest of them, and what it has of the model.
struct StageSpeed {
  DeviceSpeed device;
  double part = 1;  ///< of the layers, all stages together: 1
};

/// The question with all that is looked up once.
struct Configuration {
  const SpeedQuestion& question;
  const SpeedRules& rules;
  std::vector<StageSpeed> stages;  ///< one at least
  DeviceSpeed host;
  double ranks = 1;        ///< devices that share each layer
  double dense_part = 1;   ///< of the dense weights, on devices
  double expert_part = 1;  ///< of the routed experts, on devices
};

/// Absent: the stack, a card or its bandwidth is not known.
std::optional<Configuration> configure(const SpeedQuestion& question);

/// Of the first card, "any" where it is not known; empty: the host.
std::string_view generation_of(const SpeedQuestion& question);

/// In which factors of the rate measurements lie, for one sequence alone.
SpeedBand decode_band(const Configuration& set, const TimeParts& step);
SpeedBand prefill_band(const Configuration& set, const TimeParts& prompt);

/// Seconds for one all-reduce of `tokens` tokens between the ranks of a stage.
double all_reduce_seconds(const Configuration& set, double tokens);

/// Seconds in which `tokens` tokens pass from one machine to the next, through all of them.
double machine_hops_seconds(const Configuration& set, double tokens);

/// One token for each of `sequences`, `context` tokens in the cache of each.
TimeParts step_time(const Configuration& set, double sequences, double context);

/// `sequences` prompts of `tokens` tokens, `context` tokens before them in the cache of each.
TimeParts prompt_time(const Configuration& set, double sequences, double tokens, double context);

/// `count` passes of `tokens` tokens each, `pairs` pairs of operations of attention in all of them,
/// one pass right behind the other. The output matrix is not in it.
TimeParts passes_time(const Configuration& set, double count, double tokens, double pairs);

/// Factors of a time's band in a phase.
SpeedBand band_in(const Configuration& set, std::string_view phase, const TimeParts& time);

/// Share of the routed experts that `tokens` tokens are sent to, each to a few at random.
double touched_experts(const Work& work, double tokens);

}  // namespace llmfit::speed
