// SPDX-License-Identifier: MIT
#include <algorithm>
#include <tuple>

#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// Above every price and count, so that what is unknown sorts last.
constexpr double last = 1e18;

double hourly(const Candidate& candidate) { return whole_usd_per_hour(candidate).value_or(last); }

/// Of all copies that a load takes.
double whole_cards(const Candidate& candidate) {
  const auto& service = candidate.service;
  if (!service) return card_count(candidate);
  return service->copies ? card_count(candidate) * static_cast<double>(*service->copies) : last;
}

double job_usd(const Candidate& candidate) {
  return candidate.batch ? candidate.batch->usd().value_or(last) : last;
}

double job_hours(const Candidate& candidate) {
  return candidate.batch ? candidate.batch->best().hours.value : last;
}

/// A machine that one can rent comes before one that is no longer listed, and both before what has
/// no price.
int price_class(const Candidate& candidate) {
  if (!whole_usd_per_hour(candidate)) return 2;
  return candidate.cost.offer->status == OfferStatus::retired ? 1 : 0;
}

/// Host memory is not the fewest cards but another kind of hardware: it comes after them.
double cards_or_last(const Candidate& candidate) {
  return candidate.gpus.empty() ? last : whole_cards(candidate);
}

double headroom(const Candidate& candidate) {
  const auto* device = tightest(candidate);
  return device == nullptr ? -last : static_cast<double>(device->headroom.count());
}

double sort_key(const Candidate& candidate, Sort sort, const Speed& speed) {
  switch (sort) {
    case Sort::fewest:
      return cards_or_last(candidate);
    case Sort::headroom:
      return -headroom(candidate);
    case Sort::fastest:
      return -speed(candidate).value_or(-last);
    case Sort::cheapest:
      break;
  }
  return 0;  // the price, by which ties are broken
}

std::string_view id(const Candidate& candidate) {
  return candidate.gpus.empty() ? std::string_view{} : candidate.gpus.front().gpu->id;
}

/// What decides about a candidate's place, worked out once: a candidate is large.
struct Place {
  bool fails;
  double wanted;
  int price_class;
  double hourly;
  double cards;
  std::string_view id;
  std::size_t index;

  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.fails, a.wanted, a.price_class, a.hourly, a.cards, a.id, a.index) <
           std::tie(b.fails, b.wanted, b.price_class, b.hourly, b.cards, b.id, b.index);
  }
};

Place place_of(const Candidate& candidate, Sort sort, const Speed& speed, std::size_t index) {
  return {!candidate.fits,
          sort_key(candidate, sort, speed),
          price_class(candidate),
          hourly(candidate),
          cards_or_last(candidate),
          id(candidate),
          index};
}

}  // namespace

bool comes_before(const Candidate& one, const Candidate& other, Sort sort, const Speed& speed) {
  return place_of(one, sort, speed, 1) < place_of(other, sort, speed, 0);
}

void order(std::vector<Candidate>& candidates, Sort sort, std::int64_t limit, const Speed& speed) {
  const bool job =
      std::any_of(candidates.begin(), candidates.end(),
                  [](const Candidate& candidate) { return candidate.batch != nullptr; });
  std::vector<Place> places;
  places.reserve(candidates.size());
  for (const auto& candidate : candidates) {
    places.push_back(place_of(candidate, sort, speed, places.size()));
    if (!job) continue;
    places.back().hourly = job_usd(candidate);  // of a job its own dollars and hours count
    if (sort == Sort::fastest) places.back().wanted = job_hours(candidate);
  }
  const auto wanted = limit > 0 ? static_cast<std::size_t>(limit) : places.size();
  const auto kept = std::min(wanted, places.size());
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(kept),
                    places.end());
  std::vector<Candidate> ordered;
  ordered.reserve(kept);
  for (std::size_t i = 0; i < kept; ++i) {
    ordered.push_back(std::move(candidates[places[i].index]));
  }
  candidates = std::move(ordered);
}

}  // namespace llmfit::search
