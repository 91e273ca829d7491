// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/fit.hpp"
#include "render/cell.hpp"

namespace llmfit::render {

/// A rate or a time as people see it: three digits say all that an estimate knows.
Cell rate_cell(double value);
/// "24.2-33.1": where nine of ten measurements lie.
Cell band_cell(const Rate& rate);

/// Whole cards as a count, a slice of one as a fraction.
Cell cards_cell(const Candidate& candidate);

}  // namespace llmfit::render
