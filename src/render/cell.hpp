// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/numbers.hpp"
#include "llmfit/units.hpp"

namespace llmfit::render {

struct Unknown {};  ///< shown as `-`, empty in CSV; never 0

struct Text {
  std::string value;
};

/// A name that people copy: never broken over lines.
struct Id {
  std::string value;
};

struct Count {
  std::int64_t value = 0;
};

/// A parameter count: "13.0 B" for people.
struct Parameters {
  std::int64_t value = 0;
};

/// Bytes, shown in GiB. What is needed rounds up, what is there rounds down.
struct Size {
  Bytes bytes;
  base::Round round = base::Round::up;
  int digits = 1;
};

struct Usd {
  double value = 0;
  int digits = 2;  ///< decimals for people, below 1,000 dollars
};

struct Number {
  double value = 0;
  int digits = 0;  ///< decimals for people
};

struct Date {
  std::string value;  ///< YYYY[-MM[-DD]]
};

/// Yes or no, always in words; colour only repeats them.
struct Verdict {
  bool yes = false;
  std::string word;
};

/// One typed value of a table or a list of pairs.
using Cell = std::variant<Unknown, Text, Id, Count, Parameters, Size, Usd, Number, Date, Verdict>;

std::string human(const Cell& cell);  ///< for people: rounded, grouped, `-` for unknown
std::string raw(const Cell& cell);  ///< for programs: bytes, dollars, true/false, empty for unknown

bool is_unknown(const Cell& cell);

/// The value as a cell, or unknown where it is absent or empty.
Cell text_cell(std::string_view value);
Cell date_cell(std::string_view value);
Cell count_cell(std::optional<std::int64_t> value);
Cell usd_cell(std::optional<double> value, int digits = 2);
Cell needed_cell(std::optional<Bytes> value, int digits = 1);
Cell available_cell(std::optional<Bytes> value, int digits = 1);

}  // namespace llmfit::render
