// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "llmfit/api_price.hpp"

namespace llmfit::cost {

/// Dollars that a hosted API asks for one prompt and its answer. Absent: a price that the mix needs
/// is not known.
std::optional<double> usd_per_request(const ApiPrice& price, TokenMix mix);

/// Of each provider its cheapest API for the mix, among those whose name is exact where it has one;
/// those first that cost least; what has no price comes last.
std::vector<ApiPrice> cheapest_of_each(std::vector<ApiPrice> prices, TokenMix mix);

/// How many requests a month cost at the API what a configuration costs, and how busy the
/// configuration then is, which serves so much at most (absent: unknown).
ApiBreakEven break_even(double usd_per_month, const ApiPrice& price, TokenMix mix,
                        std::optional<ApiCapacity> capacity);

}  // namespace llmfit::cost
