// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "catalog/generate_arrays.hpp"
#include "llmfit/speed_record.hpp"

namespace llmfit::catalog {

/// The initialiser of a card's peaks.
std::string cpp_peaks(const CardPeaks& peaks);

/// Defines the stacks of an engine and gives the name of their array; empty for none.
std::string cpp_speed(const Arrays& arrays, std::span<const SpeedRules> stacks);

}  // namespace llmfit::catalog
