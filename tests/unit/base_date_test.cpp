// SPDX-License-Identifier: MIT
#include "base/date.hpp"
#include "catch.hpp"

using namespace llmfit::base;

TEST_CASE("dates are those of the calendar, as much as is known", "[date]") {
  struct Row {
    const char* text;
    Date date;
  };
  for (const Row& row :
       {Row{"2023", {2023, 0, 0}}, Row{"2023-01", {2023, 1, 0}}, Row{"2023-12", {2023, 12, 0}},
        Row{"2024-02-29", {2024, 2, 29}}, Row{"2026-08-22", {2026, 8, 22}}}) {
    INFO(row.text);
    const auto date = parse_date(row.text);
    REQUIRE(date);
    CHECK(date->year == row.date.year);
    CHECK(date->month == row.date.month);
    CHECK(date->day == row.date.day);
  }
}

TEST_CASE("what is no date is none", "[date]") {
  for (const char* bad : {"", "23", "202a", "0000", "-001", "2023-", "2023-1", "2023-00", "2023-13",
                          "2023-01-", "2023-01-1", "2023-01-00", "2023-02-29", "2023-04-31",
                          "2023-01-011", "2023/01/01", "2023-01/01", "2023-+1", "2023-01--1"}) {
    INFO(bad);
    CHECK_FALSE(parse_date(bad));
  }
}

TEST_CASE("a year alone counts as its last month", "[date]") {
  CHECK(months_of({2024, 1, 0}) - months_of({2023, 12, 31}) == 1);
  CHECK(months_of({2024, 1, 0}) - months_of({2023, 0, 0}) == 1);
  CHECK(months_of({2025, 3, 1}) - months_of({2024, 3, 31}) == 12);
}
