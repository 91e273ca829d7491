// SPDX-License-Identifier: MIT
#include "cost/energy.hpp"

#include <utility>

#include "cost/tokens.hpp"

namespace llmfit::cost {
namespace {

Rate scaled(const Rate& rate, double factor) {
  return {rate.low * factor, rate.value * factor, rate.high * factor};
}

}  // namespace

std::optional<Rate> wh_per_1k_tokens(double watts, const Rate& tokens_per_second) {
  constexpr double tokens = 1000;
  if (!(tokens_per_second.low > 0)) return std::nullopt;
  const auto at = [&](double rate) { return watts * (tokens / rate) / seconds_per_hour; };
  return Rate{at(tokens_per_second.high), at(tokens_per_second.value), at(tokens_per_second.low)};
}

Energy energy_of(std::optional<double> watts, const std::optional<Rate>& throughput,
                 std::shared_ptr<const FactorSet> factors) {
  constexpr double wh_per_kwh = 1000;
  Energy energy;
  energy.watts = watts;
  energy.factors = std::move(factors);
  if (!watts || !throughput) return energy;
  energy.server_wh = wh_per_1k_tokens(*watts, *throughput);
  if (!energy.server_wh || !energy.factors || !energy.factors->pue) return energy;
  const auto& there = *energy.factors;
  const double pue = there.pue->value;
  energy.wh = scaled(*energy.server_wh, pue);
  if (there.water_onsite && there.grid_water) {
    const double litres_per_kwh = there.water_onsite->value + pue * there.grid_water->value;
    energy.litres = scaled(*energy.server_wh, litres_per_kwh / wh_per_kwh);
  }
  // Grams a watt-hour are kilograms a kilowatt-hour.
  if (there.grid_carbon) energy.grams_co2 = scaled(*energy.wh, there.grid_carbon->value);
  return energy;
}

}  // namespace llmfit::cost
