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

std::optional<double> whole_usd_per_hour(const Candidate& candidate) {
  return candidate.service ? candidate.service->usd_per_hour : candidate.cost.usd_per_hour;
}

std::int64_t copies_of(const Candidate& candidate) {
  return candidate.service ? candidate.service->copies.value_or(1) : 1;
}

std::optional<double> whole_purchase_usd(const Candidate& candidate) {
  const auto& each = candidate.cost.purchase_usd;
  if (!each) return std::nullopt;
  return *each * static_cast<double>(copies_of(candidate));
}

std::optional<double> whole_usd_per_month(const Candidate& candidate) {
  return candidate.service ? candidate.service->usd_per_month : candidate.cost.usd_per_month;
}

}  // namespace llmfit
