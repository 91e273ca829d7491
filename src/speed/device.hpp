// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "llmfit/speed.hpp"

/// What one card achieves under one stack: the peaks of its vendor times measured shares.
namespace llmfit::speed {

/// Formats that kernels treat alike: "f16", "q4_0", "k", "w4", "fp8" …; the words of the data.
std::string_view format_class(const Format& format);

/// Bytes and operations a second, and fixed times in seconds.
struct DeviceSpeed {
  double weights = 0;
  double cache = 0;
  double decode = 0;
  double prefill = 0;
  double attention = 0;
  double layer = 0;
  double sequence = 0;
  double cache_groups = 0;
  double plain_attention = 0;  ///< multiplications without flash attention, decoding; 0: as with
  double scores = 0;           ///< of prompts without flash attention; 0: as with
  std::int32_t measured_cards = 0;
};

/// The stack that is asked about, the first where none is named; null: none was measured.
const SpeedRules* rules_of(const SpeedQuestion& question);

/// Absent: neither the card's generation nor its bandwidth is known.
std::optional<DeviceSpeed> device_speed(const SpeedQuestion& question, const SpeedRules& rules,
                                        const CardShare& card);

/// The host's own cores and memory.
DeviceSpeed host_device(const SpeedQuestion& question, const SpeedRules& rules);

/// The band of a phase: of a card's generation, else of its vendor.
SpeedBand band_of(const SpeedRules& rules, std::string_view phase, const GpuRecord& gpu);

}  // namespace llmfit::speed
