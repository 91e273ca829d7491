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

bool belongs_to(const Candidate& candidate, const CardChoice& choice) {
  if (candidate.gpus.empty()) return choice.variants.empty();
  const auto& variants = choice.variants;
  return std::find(variants.begin(), variants.end(), candidate.gpus.front().gpu) != variants.end();
}

std::string_view price_date(const Cost& cost) {
  if (cost.offer == nullptr) return {};
  return rental_price(*cost.offer, cost.term).as_of;
}

double card_count(const Candidate& candidate) {
  double count = 0;
  for (const auto& part : candidate.gpus) count += part.count;
  return count;
}

}  // namespace llmfit
