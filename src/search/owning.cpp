// SPDX-License-Identifier: MIT
#include "search/owning.hpp"

#include <memory>
#include <utility>

#include "cost/energy.hpp"
#include "cost/owning.hpp"

namespace llmfit::search {
namespace {

/// Tokens a second of so many copies at work; absent: not known.
struct Work {
  std::int64_t copies = 1;
  std::optional<Rate> throughput;
};

/// Under a load what its copies do together, else what one configuration does.
Work work_of(const Candidate& candidate) {
  if (!candidate.service) {
    return {1, candidate.rates ? std::optional(candidate.rates->throughput) : std::nullopt};
  }
  const auto& service = *candidate.service;
  if (!service.rates) return {1, std::nullopt};
  return {copies_of(candidate), service.throughput};
}

}  // namespace

void add_owning(const FitRequest& request, Candidate& candidate) {
  if (!request.owning) return;
  const auto& asked = *request.owning;
  if (asked.purchase_usd) {
    candidate.cost.purchase_usd = asked.purchase_usd;
    candidate.cost.purchase_is_given = true;
  }
  const auto work = work_of(candidate);
  candidate.owning =
      cost::own(candidate.gpus, candidate.cost, asked,
                work.throughput ? std::optional(work.throughput->value) : std::nullopt,
                request.utilisation, work.copies);
  const auto* offer = candidate.cost.offer;
  auto factors = candidate.owning->factors;
  if (asked.factors && offer != nullptr) factors = asked.factors->at(*offer);
  candidate.energy = cost::energy_of(candidate.owning->watts, work.throughput, std::move(factors));
  candidate.energy->watts_given = candidate.owning->watts_given;
  if (request.utilisation < 1 && candidate.energy->wh) {
    candidate.energy->wh_all_hours = candidate.energy->wh->value / request.utilisation;
  }
}

}  // namespace llmfit::search
