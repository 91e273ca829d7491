// SPDX-License-Identifier: MIT
#include "logs/text.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::logs {
namespace {

constexpr std::size_t longest_name = 120;
constexpr std::size_t most_digits = 30;
constexpr double largest_whole = 9e15;  // doubles count one by one as far as this
constexpr char escape = '\x1b';

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Bytes of the terminal sequence that `text` begins with (ECMA-48: CSI … final byte).
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2 || text[1] != '[') return 1;
  std::size_t length = 2;
  while (length < text.size() && (text[length] < '@' || text[length] > '~')) ++length;
  return std::min(length + 1, text.size());
}

}  // namespace

std::string cleaned(std::string_view line) {
  line = line.substr(0, longest_line);
  std::string result;
  result.reserve(line.size());
  while (!line.empty()) {
    const char c = line.front();
    const auto length = c == escape ? sequence_length(line) : 1;
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
    if (!control) result.push_back(c);
    if (c == '\t') result.push_back(' ');
    line.remove_prefix(length);
  }
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> after(std::string_view line, std::string_view key) {
  const auto at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  return line.substr(at + key.size());
}

std::string_view until(std::string_view text, std::string_view ends) {
  return trimmed(text.substr(0, text.find_first_of(ends)));
}

std::string_view last_word(std::string_view text) {
  text = trimmed(text);
  const auto space = text.rfind(' ');
  return space == std::string_view::npos ? text : text.substr(space + 1);
}

std::string kept(std::string_view text) {
  return std::string(trimmed(text).substr(0, longest_name));
}

std::optional<Printed> printed(std::string_view text) {
  text = trimmed(text);
  std::string digits;
  std::size_t decimals = 0;
  bool point = false;
  for (std::size_t i = 0; i < text.size() && digits.size() < most_digits; ++i) {
    const char c = text[i];
    const bool between = i + 1 < text.size() && i > 0 && is_digit(text[i + 1]);
    if (c == ',' && between && !point) continue;
    if (c == '.' && between && !point) {
      point = true;
    } else if (!is_digit(c)) {
      break;
    } else if (point) {
      ++decimals;
    }
    digits.push_back(c);
  }
  const auto value = base::parse_number(digits);
  if (!value) return std::nullopt;
  const auto rounding = decimals == 0 ? 0 : 0.5 * std::pow(10.0, -static_cast<double>(decimals));
  return Printed{*value, rounding};
}

std::optional<std::int64_t> whole(std::string_view text) {
  const auto number = printed(text);
  if (!number || number->value > largest_whole || number->value != std::floor(number->value)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(number->value);
}

}  // namespace llmfit::logs
