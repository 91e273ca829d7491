// SPDX-License-Identifier: MIT
#include "probe/lines.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::probe {
namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";
constexpr std::size_t longest_line = 160;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::int64_t> hexadecimal(std::string_view digits) {
  constexpr std::size_t most_digits = 15;
  if (digits.empty() || digits.size() > most_digits) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : base::lower(digits)) {
    const auto digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 16 + static_cast<std::int64_t>(digit);
  }
  return value;
}

}  // namespace

Lines::Lines(std::string_view text, char separator) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    const auto at = line.find(separator);
    if (at != std::string_view::npos) {
      lines_.push_back({trimmed(line.substr(0, at)), trimmed(line.substr(at + 1))});
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<std::string_view> Lines::text(std::string_view name) const {
  for (const auto& line : lines_) {
    if (line.name == name) return line.value;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Lines::whole(std::string_view name) const {
  const auto value = text(name);
  if (!value) return std::nullopt;
  return any_whole(value->substr(0, value->find_first_of(blanks)));
}

std::optional<Bytes> Lines::bytes(std::string_view name) const {
  const auto count = whole(name);
  return count && *count >= 0 ? std::optional(Bytes{*count}) : std::nullopt;
}

std::string first_line(std::string_view text) {
  text = trimmed(text);
  return base::elide(base::printable(trimmed(text.substr(0, text.find('\n')))), longest_line, true);
}

std::optional<Bytes> bytes_in(std::string_view text) {
  const auto count = any_whole(trimmed(text));
  return count && *count >= 0 ? std::optional(Bytes{*count}) : std::nullopt;
}

std::optional<std::int64_t> any_whole(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return hexadecimal(text.substr(2));
  return base::parse_int(text);
}

bool is_plausible(Bytes memory) { return memory >= mib(16) && memory <= gib(65536); }

std::string gib_text(std::optional<Bytes> bytes) {
  return bytes ? base::gib_text(*bytes, base::Round::down) + " GiB" : "unknown";
}

}  // namespace llmfit::probe
