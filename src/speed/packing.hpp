// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/batch.hpp"

namespace llmfit::speed {

/// Slots of `slot` tokens that best fit decreasing fills: the longest sequence first, each into the
/// fullest slot that still holds it. Counts are moved, not sequences, so that twenty million take
/// as long as a few. No sequence may be longer than a slot.
std::int64_t packed_slots(const LengthHistogram& lengths, std::int64_t slot);

}  // namespace llmfit::speed
