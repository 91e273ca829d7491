// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "logs/compare.hpp"

/// What llama.cpp should put on one card and on the host where a part of the model stays there.
namespace llmfit::logs {

struct HostedBands {
  Band card_weights;
  Band host_weights;
  std::optional<Band> card_compute;  ///< absent: not predicted for this build or model
  std::optional<Band> host_compute;
};

/// The settings that say what stays on the host, of the log or as they were given. Absent: nothing
/// does, or not on one card.
std::optional<LlamaCppSettings> hosted_settings(const Sheet& sheet);

HostedBands hosted_bands(const Sheet& sheet, const LlamaCppSettings& settings);

}  // namespace llmfit::logs
