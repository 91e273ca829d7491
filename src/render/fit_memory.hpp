// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// The parts of a format's memory: what is known to be nothing is left out, what is unknown is not.
Bars memory_bars(const FormatResult& format);

/// The same parts in GiB as printed, for one row of a table; they add up to the total.
struct MemoryCells {
  Cell weights;
  Cell kv_cache;
  Cell other;  ///< state, compute and runtime together
  Cell total;
};
MemoryCells memory_cells(const FormatResult& format);

}  // namespace llmfit::render
