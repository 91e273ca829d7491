// SPDX-License-Identifier: MIT
#include "cost/tokens.hpp"

namespace llmfit::cost {

std::optional<double> usd_per_million(double usd_per_hour, double tokens_per_second,
                                      double utilisation) {
  constexpr double seconds_per_hour = 3600;
  constexpr double million = 1e6;
  const double tokens = tokens_per_second * seconds_per_hour * utilisation;
  if (!(tokens > 0)) return std::nullopt;
  return usd_per_hour / tokens * million;
}

}  // namespace llmfit::cost
