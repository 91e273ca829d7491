// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "llmfit/fit.hpp"

namespace llmfit::cost {

/// What the cards draw at work: their rated power, a slice its share of the card's. Absent: the
/// power of one is not known, or there are none.
std::optional<double> rated_watts(std::span<const GpuCount> gpus);

/// Dollars an hour for power, all hours at work: what hardware draws when idle is not known, and so
/// buying is never made to look cheaper than it is.
double power_usd_per_hour(double watts, double pue, double usd_per_kwh);

/// The first month, counted from 1, in which buying has cost no more than renting: `purchase` and
/// `running` of each month against the `rent` of each. Absent: never.
std::optional<std::int64_t> break_even_month(double purchase, double running_month,
                                             double rent_month);

/// Where whoever buys such cards has them: those made for data centres there, others at home or in
/// an office.
OwnPlace own_place_of(std::span<const GpuCount> gpus);

/// What owning so many `copies` of a configuration costs; `cost` is that of renting one of them.
/// `tokens_per_second` of all copies.
Owning own(std::span<const GpuCount> gpus, const Cost& cost, const OwningRequest& request,
           std::optional<double> tokens_per_second, double utilisation, std::int64_t copies = 1);

}  // namespace llmfit::cost
