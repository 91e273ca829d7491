// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmfit::base {

/// A day, month or year of the calendar, as much of it as is known.
struct Date {
  std::int32_t year = 0;
  std::int32_t month = 0;  ///< 0: not known
  std::int32_t day = 0;    ///< 0: not known
};

/// YYYY, YYYY-MM or YYYY-MM-DD. Null: not a date of the calendar.
std::optional<Date> parse_date(std::string_view text);

/// Months since the year 0, for differences; a year alone counts as its last month.
std::int32_t months_of(Date date);

/// Days since 1970-01-01, for differences; what is not known counts as late as it can be.
std::int32_t days_of(Date date);

}  // namespace llmfit::base
