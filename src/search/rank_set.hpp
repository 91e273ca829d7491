// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit::search {

/// The one set of hardware that models are ranked for.
struct RankSet {
  HardwareRequest hardware;     ///< exactly that set
  std::vector<GpuCount> gpus;   ///< empty: host memory alone
  std::vector<Device> devices;  ///< empty: which machine is chosen depends on the model
  /// The arguments of the note about a family of cards: as typed, how many, the one that decides.
  std::optional<std::vector<std::string>> smallest_of;
};

/// Errors: usage (no hardware, or alternatives).
Result<RankSet> rank_set(const HardwareRequest& asked);

/// Memory of all devices of a set together; absent where that depends on the model.
std::optional<Bytes> whole_capacity(const HardwareRequest& hardware);

}  // namespace llmfit::search
