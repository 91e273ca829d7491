// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "llmfit/units.hpp"

namespace llmfit::base {

enum class Round { up, down, nearest };

/// GiB with `digits` decimals and without the unit. What is needed rounds up, what is there down.
std::string gib_text(Bytes bytes, Round round, int digits = 2);

/// "1,234,567".
std::string grouped(std::int64_t value);

/// The nearest whole number, "1,234,567"; "1.2e+18" where its digits would say nothing.
std::string grouped_whole(double value);

/// Fixed decimals ("0.53"), never in another locale's way.
std::string fixed(double value, int digits);

/// Shortest text that reads back as the same number ("0.53", "24", "1e+20").
std::string shortest(double value);

/// Without the noise of binary fractions: six decimals are kept (twelve below 0.01), so 0.0271 x
/// 730 is 19.783 and not 19.782999999999998.
double without_noise(double value);

/// "$1.14" below 1000, "$12,345" from there on, "$0.0012" below a cent,
/// "$1.2e+18" where digits would say nothing.
std::string usd_text(double usd);

/// A count as people type it: "4096", "8k" (x 1024), "128K", "1m" (x 1024^2). Null: not a whole
/// positive count or too large.
std::optional<std::int64_t> parse_tokens(std::string_view text);

/// A parameter count: "13b", "13e9", "7.5B", "560m", "1t" or plain digits (decimal factors). Null:
/// not one.
std::optional<std::int64_t> parse_parameters(std::string_view text);

/// A compute capability as its maker writes it: 86 is "8.6".
std::string capability_text(std::int32_t capability);

std::optional<std::int64_t> parse_int(std::string_view text);  ///< the whole text, decimal
std::optional<double> parse_number(std::string_view text);     ///< the whole text, finite

}  // namespace llmfit::base
