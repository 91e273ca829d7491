// SPDX-License-Identifier: MIT
#include "render/chart_axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

constexpr double far_apart = 10;

/// "0.05", "12", "1,000".
std::string label_of(double value) {
  if (value >= 1000) return base::grouped_whole(value);
  return base::shortest(base::without_noise(value));
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

/// Powers of ten with what stands between them, as many as there is room for.
std::vector<Axis::Tick> decades(double low, double high, const std::vector<double>& factors) {
  std::vector<Axis::Tick> ticks;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10) {
    for (const double factor : factors) {
      const double value = factor * power;
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      ticks.push_back({value, label_of(value)});
    }
  }
  return ticks;
}

/// The round number of 1, 2 and 5 times a power of ten at or below `value`.
double round_down(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  const double factor = value / power;
  return power * (factor >= 5 ? 5 : factor >= 2 ? 2 : 1);
}

double round_up(double value) {
  const double below = round_down(value);
  if (below >= value * (1 - 1e-9)) return below;
  const double power = std::pow(10, std::floor(std::log10(value)));
  const double factor = below / power;
  return power * (factor < 1.5 ? 2 : factor < 3 ? 5 : 10);
}

Axis logarithmic_axis(double least, double most, int wanted) {
  static const std::array<std::vector<double>, 3> choices{{{1, 2, 5}, {1, 3}, {1}}};
  Axis axis{round_down(least), round_up(most), true, {}};
  for (const auto& factors : choices) {
    axis.ticks = decades(axis.low, axis.high, factors);
    if (static_cast<int>(axis.ticks.size()) <= wanted) break;
  }
  return axis;
}

}  // namespace

double Axis::at(double value) const {
  const double share = logarithmic ? std::log(std::max(value, low) / low) / std::log(high / low)
                                   : (value - low) / (high - low);
  return std::clamp(share, 0.0, 1.0);
}

Axis linear_axis(double most, int wanted) {
  const double step = round_step(most / std::max(wanted, 1));
  const auto steps = static_cast<int>(std::ceil(most / step * (1 - 1e-9)));
  Axis axis{0, step * steps, false, {}};
  for (int i = 0; i <= steps; ++i) axis.ticks.push_back({step * i, label_of(step * i)});
  return axis;
}

Axis axis_for(double least, double most, int wanted) {
  if (most <= least * far_apart) return linear_axis(most, wanted);
  return logarithmic_axis(least, most, wanted);
}

}  // namespace llmfit::render
