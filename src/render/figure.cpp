// SPDX-License-Identifier: MIT
#include "render/figure.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

constexpr int shown_digits = 3;

/// Digits before the point; below 1 none, and fewer than none for each zero behind it.
int magnitude(double value) {
  return static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
}

}  // namespace

double significant(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return value;
  const int places = digits - magnitude(value);
  const double scale = std::pow(10.0, std::abs(places));
  return places >= 0 ? std::round(value * scale) / scale : std::round(value / scale) * scale;
}

std::string figure(double value) {
  const double rounded = significant(value, shown_digits);
  if (std::abs(rounded) >= 1000) return base::grouped_whole(rounded);
  if (rounded == 0) return "0";
  auto text = base::fixed(rounded, std::max(0, shown_digits - magnitude(rounded)));
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string dollars(double usd) {
  constexpr int cents = 2;
  if (std::abs(usd) >= 1 || usd == 0) return base::usd_text(usd);
  const double rounded = significant(usd, shown_digits);
  const int places = std::max(cents, shown_digits - magnitude(rounded));
  return "$" + base::fixed(rounded, places);
}

}  // namespace llmfit::render
