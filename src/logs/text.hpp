// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Small reads of log lines, which come from anybody.
namespace llmfit::logs {

/// Longer lines are read as far as this; what matters stands at their beginnings.
inline constexpr std::size_t longest_line = std::size_t{1} << 16U;

/// The line without colours and control characters.
std::string cleaned(std::string_view line);

std::string_view trimmed(std::string_view text);
/// The text behind the first `key`; absent where there is none.
std::optional<std::string_view> after(std::string_view line, std::string_view key);
/// As far as the first of `ends`, trimmed.
std::string_view until(std::string_view text, std::string_view ends);
/// The last word, apart from spaces behind it.
std::string_view last_word(std::string_view text);
/// A name for a report: at most 120 bytes.
std::string kept(std::string_view text);

/// A printed number and half its last digit.
struct Printed {
  double value = 0;
  double rounding = 0;
};
/// The number that `text` begins with, apart from spaces; commas between thousands are passed over.
std::optional<Printed> printed(std::string_view text);
/// The same as a whole number; absent where it has decimals, is negative or too large.
std::optional<std::int64_t> whole(std::string_view text);

}  // namespace llmfit::logs
