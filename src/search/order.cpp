// SPDX-License-Identifier: MIT
#include <algorithm>
#include <tuple>
#include <utility>

#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// Above every price and count, so that what is unknown sorts last.
constexpr double last = 1e18;

double hourly(const Candidate& candidate) { return candidate.cost.usd_per_hour.value_or(last); }

/// A machine that one can rent comes before one that is no longer listed, and both before what has
/// no price.
int price_class(const Candidate& candidate) {
  if (!candidate.cost.usd_per_hour) return 2;
  return candidate.cost.offer->status == OfferStatus::retired ? 1 : 0;
}

/// Host memory is not the fewest cards but another kind of hardware: it comes after them.
double cards_or_last(const Candidate& candidate) {
  return candidate.gpus.empty() ? last : card_count(candidate);
}

double headroom(const Candidate& candidate) {
  const auto* device = tightest(candidate);
  return device == nullptr ? -last : static_cast<double>(device->headroom.count());
}

double sort_key(const Candidate& candidate, Sort sort) {
  switch (sort) {
    case Sort::fewest:
      return cards_or_last(candidate);
    case Sort::headroom:
      return -headroom(candidate);
    case Sort::cheapest:
    case Sort::fastest:
      break;  // speeds are unknown, so the fastest fall back to the price
  }
  return 0;  // the price, by which ties are broken
}

std::string_view id(const Candidate& candidate) {
  return candidate.gpus.empty() ? std::string_view{} : candidate.gpus.front().gpu->id;
}

}  // namespace

void order(std::vector<Candidate>& candidates, Sort sort) {
  const auto key = [sort](const Candidate& candidate) {
    return std::make_tuple(!candidate.fits, sort_key(candidate, sort), price_class(candidate),
                           hourly(candidate), cards_or_last(candidate), id(candidate));
  };
  // Keys are sorted, for a candidate is large and its key takes time.
  using Key = decltype(key(candidates.front()));
  std::vector<std::pair<Key, std::size_t>> places;
  places.reserve(candidates.size());
  for (const auto& candidate : candidates) places.emplace_back(key(candidate), places.size());
  std::sort(places.begin(), places.end());
  std::vector<Candidate> ordered;
  ordered.reserve(candidates.size());
  for (const auto& place : places) ordered.push_back(std::move(candidates[place.second]));
  candidates = std::move(ordered);
}

}  // namespace llmfit::search
