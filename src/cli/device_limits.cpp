// SPDX-License-Identifier: MIT
#include <array>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/hardware.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

struct Unit {
  std::string_view word;
  double bytes;
};

/// Memory is sold in GB and counted in GiB: "20 GB" of a card are 20 GiB.
constexpr std::array<Unit, 6> units{{{"gib", 1073741824.0},
                                     {"gb", 1073741824.0},
                                     {"g", 1073741824.0},
                                     {"mib", 1048576.0},
                                     {"mb", 1048576.0},
                                     {"m", 1048576.0}}};

/// More than any device will have for a while.
constexpr double most_bytes = 1048576.0 * 1073741824.0;

struct Amount {
  double number = 0;
  std::optional<double> unit;  ///< bytes; absent: none was written
};

std::optional<Amount> read_amount(std::string_view typed) {
  const auto text = base::lower(typed);
  for (const auto& unit : units) {
    if (!text.ends_with(unit.word)) continue;
    const auto number =
        base::parse_number(std::string_view(text).substr(0, text.size() - unit.word.size()));
    return number ? std::optional(Amount{*number, unit.bytes}) : std::nullopt;
  }
  const auto number = base::parse_number(text);
  return number ? std::optional(Amount{*number, std::nullopt}) : std::nullopt;
}

std::optional<Bytes> in_bytes(const Amount& amount) {
  const double bytes = amount.number * amount.unit.value_or(units.front().bytes);
  if (!(bytes >= 0) || bytes > most_bytes) return std::nullopt;
  return Bytes{static_cast<std::int64_t>(bytes)};
}

Result<void> read_usable(const Arguments& arguments, DeviceLimits& limits) {
  if (!arguments.has(Option::usable)) return {};
  const auto typed = arguments.value(Option::usable);
  const auto refused = bad_value(Option::usable, typed,
                                 "a share above 0 and up to 1, such as 0.9 or 90%, or GiB: 20GiB");
  if (typed.ends_with('%')) {
    const auto percent = base::parse_number(typed.substr(0, typed.size() - 1));
    if (!percent || !(*percent > 0) || *percent > 100) return refused;
    limits.share = *percent / 100;
    return {};
  }
  const auto amount = read_amount(typed);
  if (!amount || !(amount->number > 0)) return refused;
  if (!amount->unit && amount->number <= 1) {
    limits.share = amount->number;
    return {};
  }
  limits.most = in_bytes(*amount);
  if (!limits.most) return refused;
  return {};
}

Result<void> read_reserve(const Arguments& arguments, DeviceLimits& limits) {
  if (!arguments.has(Option::reserve)) return {};
  const auto typed = arguments.value(Option::reserve);
  const auto amount = read_amount(typed);
  const auto bytes = amount ? in_bytes(*amount) : std::nullopt;
  if (!bytes) return bad_value(Option::reserve, typed, "GiB from 0 on, such as 1.5 or 512MiB");
  limits.reserve = *bytes;
  return {};
}

}  // namespace

Result<DeviceLimits> read_device_limits(const Arguments& arguments) {
  DeviceLimits limits;
  if (auto usable = read_usable(arguments, limits); !usable) return pass(usable);
  if (auto reserve = read_reserve(arguments, limits); !reserve) return pass(reserve);
  return limits;
}

}  // namespace llmfit::cli
