// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llmfit/machine.hpp"

namespace llmfit::probe {

inline constexpr std::int64_t amd_vendor = 0x1002;
inline constexpr std::int64_t nvidia_vendor = 0x10de;
inline constexpr std::int64_t intel_vendor = 0x8086;

/// A display or compute device of Linux's DRM.
struct DrmCard {
  std::string folder;  ///< /sys/class/drm/card0/device
  std::int64_t vendor = 0;
  std::int64_t device = 0;
  std::int64_t revision = 0;
};

/// Those of one vendor, in the order of their numbers.
std::vector<DrmCard> drm_cards(const Probes& probes, std::int64_t vendor);

/// A number of bytes in a file; absent where there is none that makes sense.
std::optional<Bytes> read_bytes(const Probes& probes, const std::string& path);

/// "1002:744c rev c8".
std::string pci_text(const DrmCard& card);

}  // namespace llmfit::probe
