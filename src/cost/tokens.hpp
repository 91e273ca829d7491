// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

namespace llmfit::cost {

inline constexpr double hours_per_month = 730;
inline constexpr double seconds_per_hour = 3600;
inline constexpr double seconds_per_month = hours_per_month * seconds_per_hour;

/// Dollars for one of what a machine makes that costs so much an hour and makes so many a second
/// for a share `utilisation` of the time, above 0 and at most 1. Absent: it makes none.
std::optional<double> usd_each(double usd_per_hour, double per_second, double utilisation);

/// Dollars for a million of them.
std::optional<double> usd_per_million(double usd_per_hour, double tokens_per_second,
                                      double utilisation);

}  // namespace llmfit::cost
