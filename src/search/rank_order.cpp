// SPDX-License-Identifier: MIT
#include "search/rank_order.hpp"

#include <algorithm>
#include <tuple>

namespace llmfit::search {
namespace {

/// What generates nothing has no such rate, and sorts last as what is not known.
double decode_rate(const Candidate& candidate) {
  const auto& rates = candidate.rates;
  return rates && rates->generates ? rates->decode.value : -1;
}

double sort_value(const RankedModel& row, RankSort sort) {
  switch (sort) {
    case RankSort::params:
      return static_cast<double>(row.record->parameters.value_or(0));
    case RankSort::context:
      return static_cast<double>(row.candidate.max_context.value_or(-1));
    case RankSort::headroom: {
      const auto* device = tightest(row.candidate);
      return device == nullptr ? -1e18 : static_cast<double>(device->headroom.count());
    }
    case RankSort::fastest:
      return decode_rate(row.candidate);
    case RankSort::quality:
      break;
  }
  return 0;
}

/// What decides about a model's place, larger first but for the id.
struct Place {
  bool fits;
  double wanted;
  bool enough_bits;
  int size;
  double score;
  double bits;
  std::int64_t parameters;
  std::string_view id;
  std::size_t index;

  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(b.fits, b.wanted, b.enough_bits, b.size, b.score, b.bits, b.parameters, a.id) <
           std::tie(a.fits, a.wanted, a.enough_bits, a.size, a.score, a.bits, a.parameters, b.id);
  }
};

Place place_of(const RankedModel& row, RankSort sort, std::size_t index) {
  const auto& record = *row.record;
  const auto score = rank_score(record);
  const auto parameters = record.parameters.value_or(0);
  return {row.fits,
          sort_value(row, sort),
          row.choice.format && nominal_bits(*row.choice.format) >= rank_bits,
          size_class(parameters),
          score ? score->value : -1,
          row.weights ? row.weights->bits_per_weight : 0,
          parameters,
          record.id,
          index};
}

}  // namespace

void order_models(std::vector<RankedModel>& rows, const RankRequest& request) {
  std::vector<Place> places;
  places.reserve(rows.size());
  for (const auto& row : rows) places.push_back(place_of(row, request.sort, places.size()));
  std::sort(places.begin(), places.end());
  if (request.limit > 0) {
    places.resize(std::min(places.size(), static_cast<std::size_t>(request.limit)));
  }
  std::vector<RankedModel> ordered;
  ordered.reserve(places.size());
  for (const auto& place : places) ordered.push_back(std::move(rows[place.index]));
  rows = std::move(ordered);
}

}  // namespace llmfit::search
