// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace llmfit::probe {

/// What a PCI device is called, where its driver does not say it.
struct PciName {
  std::string_view name;  ///< empty: not in the table
  bool unified = false;   ///< the GPU part of a processor: it has no memory of its own
};

/// `revision` tells products of one chip apart; where the table has no such revision, the name is
/// of no use.
PciName amd_name(std::int64_t device, std::int64_t revision);
PciName intel_name(std::int64_t device);

}  // namespace llmfit::probe
