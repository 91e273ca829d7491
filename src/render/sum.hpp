// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "render/report.hpp"

namespace llmfit::render {

/// The parts of a sum as printed: in GiB, the total rounded up, and the parts adding up to it.
struct PrintedSum {
  std::vector<std::string> parts;  ///< one for each row, `-` where it is unknown
  std::string total;
};

PrintedSum printed_sum(const Bars& bars);

/// Share of the largest part, 0 to 1, of each row.
std::vector<double> bar_shares(const Bars& bars);

}  // namespace llmfit::render
