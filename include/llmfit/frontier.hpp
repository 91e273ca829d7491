// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit {

/// What one wants little of, and what one wants much of.
struct PricedRate {
  double usd_per_hour = 0;
  double tokens_per_second = 0;
};

/// Indices of the points that no other beats, cheapest first: another beats a point that is as
/// cheap and as fast, and better in one of both. Equal ones stand side by side.
std::vector<std::size_t> unbeaten(std::span<const PricedRate> points);

/// A configuration that no other beats.
struct FrontierPoint {
  std::size_t format = 0;   ///< of the request's formats
  Candidate configuration;  ///< without the inverse solves
  double usd_per_hour = 0;  ///< of all copies
  Rate rate;                ///< tokens a second, of all copies
  std::int64_t copies = 1;  ///< more where a service is asked for
};

struct Frontier {
  std::vector<FrontierPoint> points;  ///< cheapest first, each faster than the one before
  std::vector<PricedRate> beaten;     ///< all other configurations with a price and a rate
};

/// Price against speed over every configuration of every format that fits and keeps the limits
/// asked for, of 1 to `max_gpus` cards, whatever the list of them is cut to: of one stream, or of
/// the service that is asked for. Errors: those of fit.
Result<Frontier> frontier(const Catalog& catalog, const Model& model, const FitRequest& request);

}  // namespace llmfit
