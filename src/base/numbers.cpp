// SPDX-License-Identifier: MIT
#include "base/numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace llmfit::base {
namespace {

/// Largest double below 2^63, above which a cast to int64 is undefined.
constexpr double int64_limit = 9223372036854774784.0;

std::string to_text(double value, std::chars_format format, int precision) {
  std::array<char, 400> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  return {buffer.data(), end.ptr};
}

std::optional<std::int64_t> scaled(double value, double factor) {
  const double product = std::round(value * factor);
  if (!(product >= 1) || product > int64_limit) return std::nullopt;
  return static_cast<std::int64_t>(product);
}

double token_factor(char suffix) {
  if (suffix == 'k' || suffix == 'K') return 1024;
  if (suffix == 'm' || suffix == 'M') return 1024.0 * 1024.0;
  return 0;
}

double parameter_factor(char suffix) {
  switch (suffix) {
    case 'k':
    case 'K':
      return 1e3;
    case 'm':
    case 'M':
      return 1e6;
    case 'b':
    case 'B':
      return 1e9;
    case 't':
    case 'T':
      return 1e12;
    default:
      return 0;
  }
}

/// Decimals of an amount: cents, and of less than ten of them three digits at least as far as they
/// say something.
int cents_digits(double usd) {
  constexpr int cents = 2;
  constexpr int most = 12;
  const double size = std::abs(usd);
  if (!(size < 0.1) || size < 1e-12) return cents;
  int digits = std::min(most, 2 - static_cast<int>(std::floor(std::log10(size))));
  for (; digits > cents; --digits) {
    const double scale = std::pow(10.0, digits);
    if (std::fmod(std::round(size * scale), 10) != 0) break;
  }
  return digits;
}

}  // namespace

std::string gib_text(Bytes bytes, Round round, int digits) {
  const double scale = std::pow(10.0, digits);
  const double steps = static_cast<double>(bytes.count()) / 1073741824.0 * scale;
  double whole = std::round(steps);
  if (round == Round::up) whole = std::ceil(steps);
  if (round == Round::down) whole = std::floor(steps);
  return fixed(whole / scale + 0.0, digits);
}

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) digits.insert(i -= 3, 1, ',');
  return digits;
}

std::string grouped_whole(double value) {
  constexpr double most_digits = 1e15;
  if (std::abs(value) < most_digits) return grouped(std::llround(value));
  return to_text(value, std::chars_format::scientific, 1);
}

std::string fixed(double value, int digits) {
  return to_text(value, std::chars_format::fixed, digits);
}

std::string shortest(double value) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

double without_noise(double value) {
  const double scale = std::abs(value) < 0.01 ? 1e12 : 1e6;
  return std::round(value * scale) / scale;
}

std::string usd_text(double usd) {
  if (std::abs(usd) >= 1000) return "$" + grouped_whole(usd);
  return "$" + fixed(usd, cents_digits(usd));
}

std::optional<std::int64_t> parse_tokens(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const double factor = token_factor(text.back());
  if (factor == 0) {
    const auto plain = parse_int(text);
    return plain && *plain > 0 ? plain : std::nullopt;
  }
  const auto value = parse_number(text.substr(0, text.size() - 1));
  return value ? scaled(*value, factor) : std::nullopt;
}

std::optional<std::int64_t> parse_parameters(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const double factor = parameter_factor(text.back());
  const auto value = parse_number(factor == 0 ? text : text.substr(0, text.size() - 1));
  return value ? scaled(*value, factor == 0 ? 1 : factor) : std::nullopt;
}

std::string capability_text(std::int32_t capability) {
  return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace llmfit::base
