// SPDX-License-Identifier: MIT
#include "cli/values.hpp"

#include <algorithm>
#include <limits>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::cli {

tl::unexpected<Error> bad_value(Option option, std::string_view value, std::string hint) {
  const auto name = spec_of(option).name;
  std::string message = "'";
  message.append(value).append("' is no value of ").append(name);
  std::string where(name);
  where.append(" ").append(value);
  return fail(ErrorCode::invalid_value, std::move(message), std::move(hint), std::move(where));
}

Result<std::optional<std::int64_t>> whole_number(const Arguments& arguments, Option option,
                                                 std::int64_t low, std::int64_t high) {
  if (!arguments.has(option)) return std::nullopt;
  const auto typed = arguments.value(option);
  const auto number = base::parse_int(typed);
  if (number && *number >= low && *number <= high) return number;
  return bad_value(
      option, typed,
      high == std::numeric_limits<std::int64_t>::max()
          ? "a whole number from " + std::to_string(low) + " on"
          : "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
}

Result<std::optional<std::int64_t>> tokens(const Arguments& arguments, Option option) {
  if (!arguments.has(option)) return std::nullopt;
  const auto typed = arguments.value(option);
  if (const auto number = base::parse_tokens(typed)) return number;
  return bad_value(option, typed, "a whole number of tokens above 0, such as 4096 or 8k");
}

Result<std::optional<double>> dollars(const Arguments& arguments, Option option) {
  if (!arguments.has(option)) return std::nullopt;
  const auto typed = arguments.value(option);
  const auto number = base::parse_number(typed);
  constexpr double most = 1e12;
  if (number && *number > 0 && *number <= most) return number;
  return bad_value(option, typed, "US dollars above 0 and at most 1e12, such as 1.50");
}

Result<std::vector<std::string>> list(const Arguments& arguments, Option option) {
  if (!arguments.has(option)) return std::vector<std::string>{};
  const auto typed = arguments.value(option);
  auto parts = base::split(typed, ',');
  if (std::find(parts.begin(), parts.end(), std::string()) == parts.end()) return parts;
  return bad_value(option, typed, "names with single commas between them, and no other blanks");
}

}  // namespace llmfit::cli
