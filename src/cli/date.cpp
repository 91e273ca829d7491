// SPDX-License-Identifier: MIT
#include "cli/date.hpp"

#include <chrono>

#include "base/date.hpp"
#include "base/numbers.hpp"

namespace llmfit::cli {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Last second of the year 9999, behind which a date has no four digits.
constexpr std::int64_t last_second = 253'402'300'799;

std::string padded(std::int64_t number, std::size_t width) {
  auto text = std::to_string(number);
  return std::string(width > text.size() ? width - text.size() : 0, '0') + text;
}

std::string date_text(std::int64_t seconds) {
  const sys_days day{std::chrono::floor<std::chrono::days>(std::chrono::seconds(seconds))};
  const year_month_day date(day);
  return padded(int{date.year()}, 4) + "-" + padded(unsigned{date.month()}, 2) + "-" +
         padded(unsigned{date.day()}, 2);
}

/// Absent where the day is not known.
std::optional<sys_days> day_of(std::string_view text) {
  const auto date = base::parse_date(text);
  if (!date || date->day == 0) return std::nullopt;
  return sys_days(year_month_day{std::chrono::year(date->year),
                                 std::chrono::month(static_cast<unsigned>(date->month)),
                                 std::chrono::day(static_cast<unsigned>(date->day))});
}

}  // namespace

std::string today(const Environment& environment) {
  const auto epoch = base::parse_int(environment.variable("SOURCE_DATE_EPOCH"));
  const bool usable = epoch && *epoch >= 0 && *epoch <= last_second;
  return date_text(usable ? *epoch : environment.now());
}

std::optional<std::int64_t> days_between(std::string_view from, std::string_view to) {
  const auto first = day_of(from);
  const auto last = day_of(to);
  if (!first || !last) return std::nullopt;
  return (*last - *first).count();
}

}  // namespace llmfit::cli
