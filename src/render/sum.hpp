// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "render/report.hpp"

namespace llmfit::render {

/// The parts of a sum as printed: in steps of 10^-digits GiB, the total rounded up, and the parts
/// adding up to it.
struct PrintedSum {
  std::vector<std::optional<std::int64_t>> parts;  ///< one for each row; absent: unknown
  std::int64_t total = 0;
  int digits = 2;
};

PrintedSum printed_sum(const Bars& bars);

double in_gib(const PrintedSum& sum, std::int64_t steps);
std::string steps_text(const PrintedSum& sum,
                       std::optional<std::int64_t> steps);  ///< "7.24" or "-"

/// Share of the largest part, 0 to 1, of each row.
std::vector<double> bar_shares(const Bars& bars);

}  // namespace llmfit::render
