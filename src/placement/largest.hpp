// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

namespace llmfit::placement {

/// A whole number and what is left when it is tried.
struct Probe {
  std::int64_t value = 0;
  std::int64_t headroom = 0;
};

/// Where a straight line between a probe that fits and one that does not meets zero.
inline std::int64_t interpolate(const Probe& fits, const Probe& fails) {
  const auto left = static_cast<double>(fits.headroom);
  const auto span = left - static_cast<double>(fails.headroom);
  const auto distance = static_cast<double>(fails.value - fits.value);
  return fits.value + static_cast<std::int64_t>(distance * left / span);
}

/// The largest n in [low, high] with `headroom(n) >= 0`, where headroom falls as n grows; low - 1
/// when there is none. Memory is nearly linear, so a straight line finds the place in a few tries
/// and its neighbour proves it; halving ends what the line does not.
template <class Headroom>
std::int64_t largest(std::int64_t low, std::int64_t high, Headroom headroom) {
  if (low > high) return low - 1;
  Probe fits{low, headroom(low)};
  if (fits.headroom < 0) return low - 1;
  if (low == high) return low;
  Probe fails{high, headroom(high)};
  if (fails.headroom >= 0) return high;
  constexpr int straight_tries = 5;
  const auto probe = [&](std::int64_t value) {
    if (fails.value - fits.value <= 1) return;
    const auto inside = std::clamp(value, fits.value + 1, fails.value - 1);
    const Probe tried{inside, headroom(inside)};
    (tried.headroom >= 0 ? fits : fails) = tried;
  };
  for (int round = 0; round < straight_tries && fails.value - fits.value > 1; ++round) {
    const auto guess = interpolate(fits, fails);
    probe(guess);
    probe(guess + 1);
  }
  while (fails.value - fits.value > 1) probe(fits.value + (fails.value - fits.value) / 2);
  return fits.value;
}

}  // namespace llmfit::placement
