// SPDX-License-Identifier: MIT
#include "search/owning.hpp"

#include "cost/energy.hpp"
#include "cost/owning.hpp"

namespace llmfit::search {

void add_owning(const FitRequest& request, Candidate& candidate) {
  if (!request.owning) return;
  const auto& asked = *request.owning;
  std::optional<Rate> throughput;
  if (candidate.rates) throughput = candidate.rates->throughput;
  candidate.owning =
      cost::own(candidate.gpus, candidate.cost, asked,
                throughput ? std::optional(throughput->value) : std::nullopt, request.utilisation);
  FactorSet factors;
  if (asked.factors) {
    const auto* offer = candidate.cost.offer;
    factors = offer == nullptr ? asked.factors->at_own_place() : asked.factors->at(*offer);
  }
  candidate.energy = cost::energy_of(candidate.owning->watts, throughput, factors);
  candidate.energy->watts_given = candidate.owning->watts_given;
}

}  // namespace llmfit::search
