// SPDX-License-Identifier: MIT
#include <algorithm>

#include "llmfit/fit.hpp"

namespace llmfit {

const DevicePlacement* tightest(const Candidate& candidate) {
  const auto& devices = candidate.devices;
  const auto found =
      std::min_element(devices.begin(), devices.end(),
                       [](const auto& a, const auto& b) { return a.headroom < b.headroom; });
  return found == devices.end() ? nullptr : &*found;
}

double card_count(const Candidate& candidate) {
  double count = 0;
  for (const auto& part : candidate.gpus) count += part.count;
  return count;
}

}  // namespace llmfit
