// SPDX-License-Identifier: MIT
#include "cost/tokens.hpp"

namespace llmfit::cost {

std::optional<double> usd_each(double usd_per_hour, double per_second, double utilisation) {
  const double made = per_second * seconds_per_hour * utilisation;
  if (!(made > 0)) return std::nullopt;
  return usd_per_hour / made;
}

std::optional<double> usd_per_million(double usd_per_hour, double tokens_per_second,
                                      double utilisation) {
  constexpr double million = 1e6;
  const auto each = usd_each(usd_per_hour, tokens_per_second, utilisation);
  return each ? std::optional(*each * million) : std::nullopt;
}

}  // namespace llmfit::cost
