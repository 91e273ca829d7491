// SPDX-License-Identifier: MIT
#include "sizing/engine_values.hpp"

#include <array>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::sizing {
namespace {

struct Unit {
  std::string_view suffix;
  std::int64_t bytes;
};
constexpr std::array<Unit, 6> units = {{{"gi", std::int64_t{1} << 30},
                                        {"mi", std::int64_t{1} << 20},
                                        {"ki", std::int64_t{1} << 10},
                                        {"g", 1'000'000'000},
                                        {"m", 1'000'000},
                                        {"k", 1'000}}};
constexpr std::int64_t most_minor = 99;

}  // namespace

std::optional<std::int32_t> parse_minor(std::string_view typed, std::string_view major) {
  auto text = base::lower(typed);
  if (text.starts_with("v")) text.erase(0, 1);
  const auto parts = base::split(text, '.');
  if (parts.size() < 2 || parts.front() != major) return std::nullopt;
  const auto minor = base::parse_int(parts[1]);
  if (!minor || *minor < 0 || *minor > most_minor) return std::nullopt;
  return static_cast<std::int32_t>(*minor);
}

std::optional<Bytes> parse_bytes(std::string_view typed) {
  auto text = base::lower(typed);
  std::int64_t factor = 1;
  for (const auto& unit : units) {
    if (!text.ends_with(unit.suffix)) continue;
    text.erase(text.size() - unit.suffix.size());
    factor = unit.bytes;
    break;
  }
  const auto value = base::parse_int(text);
  if (!value || *value < 1) return std::nullopt;
  const auto bytes = Bytes{*value} * factor;
  return bytes.overflowed() ? std::nullopt : std::optional(bytes);
}

}  // namespace llmfit::sizing
