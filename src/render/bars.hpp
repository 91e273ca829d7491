// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "render/ink.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// Lines of a memory sum: figure, bar, name and note of each part, and the total.
std::vector<std::string> layout_bars(const Bars& bars, std::optional<std::size_t> width,
                                     const Ink& ink);

/// `share` (0 to 1) of `columns` as a bar, in eighths of a column or in `#`.
std::string bar_text(double share, std::size_t columns, bool unicode);

}  // namespace llmfit::render
