// SPDX-License-Identifier: MIT
#include "render/rate_cell.hpp"

#include <cmath>

namespace llmfit::render {

Cell rate_cell(double value) {
  return Number{value, value < 0.0995  ? 4
                       : value < 0.995 ? 3
                       : value < 9.95  ? 2
                       : value < 99.5  ? 1
                                       : 0};
}

Cell band_cell(const Rate& rate) {
  return Text{human(rate_cell(rate.low)) + "-" + human(rate_cell(rate.high))};
}

Cell cards_cell(const Candidate& candidate) {
  const double count = card_count(candidate);
  if (count == std::floor(count)) return Count{static_cast<std::int64_t>(count)};
  return Number{count, count * 10 == std::floor(count * 10) ? 1 : 3};
}

}  // namespace llmfit::render
