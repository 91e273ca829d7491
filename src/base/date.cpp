// SPDX-License-Identifier: MIT
#include "base/date.hpp"

#include <chrono>

#include "base/numbers.hpp"

namespace llmfit::base {
namespace {

/// `width` characters of `text` from `at`, as a number above 0; 0 where they are none.
std::int32_t part(std::string_view text, std::size_t at, std::size_t width) {
  const auto number = parse_int(text.substr(at, width));
  return number && *number > 0 ? static_cast<std::int32_t>(*number) : 0;
}

bool is_day(Date date) {
  return std::chrono::year_month_day{std::chrono::year{date.year},
                                     std::chrono::month{static_cast<unsigned>(date.month)},
                                     std::chrono::day{static_cast<unsigned>(date.day)}}
      .ok();
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  const bool month_given = text.size() == 7 || text.size() == 10;
  if (text.size() != 4 && !month_given) return std::nullopt;
  Date date{part(text, 0, 4), 0, 0};
  if (date.year == 0) return std::nullopt;
  if (!month_given) return date;
  date.month = part(text, 5, 2);
  if (text[4] != '-' || date.month < 1 || date.month > 12) return std::nullopt;
  if (text.size() == 7) return date;
  date.day = part(text, 8, 2);
  if (text[7] != '-' || !is_day(date)) return std::nullopt;
  return date;
}

std::int32_t months_of(Date date) { return date.year * 12 + (date.month == 0 ? 12 : date.month); }

std::int32_t days_of(Date date) {
  namespace chrono = std::chrono;
  const auto month = chrono::year{date.year} / (date.month == 0 ? 12 : date.month);
  const chrono::sys_days day =
      date.day == 0 ? chrono::sys_days(month / chrono::last) : chrono::sys_days(month / date.day);
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

}  // namespace llmfit::base
