// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "llmfit/owning.hpp"

namespace llmfit::cost {

/// Watt-hours that hardware of `watts` takes for a thousand tokens at `tokens_per_second`; the more
/// tokens a second, the fewer. Absent: the rate is none.
std::optional<Rate> wh_per_1k_tokens(double watts, const Rate& tokens_per_second);

/// What a thousand output tokens take at `throughput` tokens a second (absent: not known). Litres
/// and grams follow the methodology of EcoLogits (economics: water-formula): of a kWh of the
/// hardware the water is that of the building's cooling and, PUE times, that of the power stations;
/// the carbon is PUE times the grid's.
Energy energy_of(std::optional<double> watts, const std::optional<Rate>& throughput,
                 const FactorSet& factors);

}  // namespace llmfit::cost
