// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace llmfit::render {

/// A scale with round numbers on it: from zero in equal steps, or in equal factors where values lie
/// far apart.
struct Axis {
  struct Tick {
    double value = 0;
    std::string label;
  };
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks;

  /// 0 at `low`, 1 at `high`; what lies beyond is at the end that is nearer.
  [[nodiscard]] double at(double value) const;
};

/// From zero to `most` or a little more, with at most about `wanted` ticks. `most` is above 0.
Axis linear_axis(double most, int wanted);

/// Around `least` to `most`, both above 0; logarithmic where they are more than a factor of ten
/// apart.
Axis axis_for(double least, double most, int wanted);

}  // namespace llmfit::render
