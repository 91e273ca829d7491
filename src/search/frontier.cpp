// SPDX-License-Identifier: MIT
#include "llmfit/frontier.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "search/fit_format.hpp"
#include "search/hardware.hpp"
#include "search/rates.hpp"

namespace llmfit {
namespace search {
namespace {

/// What all copies of a configuration cost and serve together.
std::optional<FrontierPoint> service_point(const Candidate& candidate) {
  const auto& service = candidate.service;
  if (!service || !service->copies || !service->usd_per_hour || !service->throughput) {
    return std::nullopt;
  }
  FrontierPoint point;
  point.copies = *service->copies;
  point.usd_per_hour = *service->usd_per_hour;
  point.rate = *service->throughput;
  return point;
}

std::optional<FrontierPoint> stream_point(const Candidate& candidate, std::int64_t sequences) {
  if (!candidate.rates || !candidate.cost.usd_per_hour) return std::nullopt;
  FrontierPoint point;
  point.usd_per_hour = *candidate.cost.usd_per_hour;
  point.rate = compared_rate(*candidate.rates, sequences);
  return point;
}

/// Every configuration of one format that fits and has a price and a rate.
void add_points(std::size_t format, bool serves, FormatResult result,
                std::vector<FrontierPoint>& points) {
  const auto sequences = result.workload ? result.workload->sequences : 1;
  for (auto& candidate : result.candidates) {
    if (!candidate.fits) continue;
    auto point = serves ? service_point(candidate) : stream_point(candidate, sequences);
    if (!point) continue;
    point->format = format;
    point->configuration = std::move(candidate);
    points.push_back(std::move(*point));
  }
}

/// As people read it: three digits, or whole tokens. An estimate cannot tell more apart, and equal
/// cards under two names differ in less.
double as_read(double rate) {
  const double steps = rate < 10 ? 100 : rate < 100 ? 10 : 1;
  return std::round(rate * steps) / steps;
}

Frontier split(std::vector<FrontierPoint> points) {
  std::vector<PricedRate> priced;
  priced.reserve(points.size());
  for (const auto& point : points)
    priced.push_back({point.usd_per_hour, as_read(point.rate.value)});
  const auto best = unbeaten(priced);
  Frontier result;
  result.beaten.reserve(priced.size() - best.size());
  std::vector<bool> is_best(points.size());
  for (const auto index : best) {
    is_best[index] = true;
    result.points.push_back(std::move(points[index]));
  }
  for (std::size_t i = 0; i < priced.size(); ++i) {
    if (is_best[i]) continue;
    result.beaten.push_back({points[i].usd_per_hour, points[i].rate.value});
  }
  return result;
}

/// All sets that fit, not only the smallest: more cards may be faster.
FitRequest widened(const FitRequest& request) {
  auto wide = request;
  wide.all = true;
  wide.limit = 0;
  wide.table = false;
  return wide;
}

}  // namespace
}  // namespace search

std::vector<std::size_t> unbeaten(std::span<const PricedRate> points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto& x = points[a];
    const auto& y = points[b];
    if (x.usd_per_hour != y.usd_per_hour) return x.usd_per_hour < y.usd_per_hour;
    return x.tokens_per_second > y.tokens_per_second;
  });
  std::vector<std::size_t> best;
  for (const auto index : order) {
    const auto& point = points[index];
    if (!best.empty()) {
      const auto& last = points[best.back()];
      const bool equal = point.usd_per_hour == last.usd_per_hour &&
                         point.tokens_per_second == last.tokens_per_second;
      if (!equal && point.tokens_per_second <= last.tokens_per_second) continue;
    }
    best.push_back(index);
  }
  return best;
}

Result<Frontier> frontier(const Catalog& catalog, const Model& model, const FitRequest& request) {
  const auto wide = search::widened(request);
  const cost::OfferBook offers(catalog, request.offers);
  Weigher weigher(model);
  const auto cards = search::card_devices(catalog, request.hardware.limits);
  std::vector<FrontierPoint> points;
  for (std::size_t i = 0; i < wide.formats.size(); ++i) {
    const auto& choice = wide.formats[i];
    const auto without = search::without_other_split(wide, choice.engine);
    const search::Question question{catalog, model,   without ? *without : wide,
                                    offers,  weigher, cards};
    auto format = search::fit_format(question, choice, search::Solve::rates);
    if (!format) return tl::unexpected<Error>(std::move(format.error()));
    search::add_points(i, request.load.serves(), std::move(*format), points);
  }
  return search::split(std::move(points));
}

}  // namespace llmfit
