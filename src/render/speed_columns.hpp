// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "llmfit/speed.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// A rate or a time with the digits that an estimate deserves.
Cell rate_cell(double value);

/// How fast a configuration is, for people: its rate, and beside it the band.
std::vector<Column> speed_columns(bool generates);
std::vector<Cell> speed_cells(const std::optional<Rates>& rates, bool generates);

}  // namespace llmfit::render
