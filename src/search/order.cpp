// SPDX-License-Identifier: MIT
#include <algorithm>
#include <tuple>

#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// Above every price and count, so that what is unknown sorts last.
constexpr double last = 1e18;

double hourly(const Candidate& candidate) { return candidate.cost.usd_per_hour.value_or(last); }

double retired(const Candidate& candidate) {
  const auto* offer = candidate.cost.offer;
  return offer != nullptr && offer->status == OfferStatus::retired ? 1 : 0;
}

/// Host memory is not the fewest cards but another kind of hardware: it comes after them.
double card_count(const Candidate& candidate) {
  if (candidate.gpus.empty()) return last;
  double count = 0;
  for (const auto& part : candidate.gpus) count += part.count;
  return count;
}

/// Headroom of the tightest device.
double headroom(const Candidate& candidate) {
  if (candidate.devices.empty()) return -last;
  const auto tightest = std::min_element(
      candidate.devices.begin(), candidate.devices.end(),
      [](const auto& a, const auto& b) { return a.headroom < b.headroom; });
  return static_cast<double>(tightest->headroom.count());
}

double sort_key(const Candidate& candidate, Sort sort) {
  switch (sort) {
    case Sort::fewest: return card_count(candidate);
    case Sort::headroom: return -headroom(candidate);
    case Sort::cheapest:
    case Sort::fastest: break;  // speeds are unknown, so the fastest fall back to the price
  }
  return hourly(candidate);
}

std::string_view id(const Candidate& candidate) {
  return candidate.gpus.empty() ? std::string_view{} : candidate.gpus.front().gpu->id;
}

}  // namespace

void order(std::vector<Candidate>& candidates, Sort sort) {
  const auto key = [sort](const Candidate& candidate) {
    return std::make_tuple(!candidate.fits, retired(candidate), sort_key(candidate, sort),
                           hourly(candidate), card_count(candidate), id(candidate));
  };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const Candidate& a, const Candidate& b) { return key(a) < key(b); });
}

}  // namespace llmfit::search
