// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "llmfit/speed.hpp"
#include "render/rate_cell.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// How fast a configuration is, for people: its rate, and beside it the band.
std::vector<Column> speed_columns(bool generates);
std::vector<Cell> speed_cells(const std::optional<Rates>& rates, bool generates);

}  // namespace llmfit::render
