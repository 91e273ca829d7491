// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "render/report.hpp"

namespace llmfit::cli {

/// Cuts the rows of a listing to `limit` (0: none) and returns how many there were.
template <class Row>
std::size_t cut(std::vector<Row>& rows, std::int64_t limit) {
  const auto total = rows.size();
  const auto most = static_cast<std::size_t>(limit);
  if (limit > 0 && total > most) rows.resize(most);
  return total;
}

/// Adds how many of how many are shown, where some are not.
void say_cut(render::Report& report, std::size_t shown, std::size_t total);

}  // namespace llmfit::cli
