// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "llmfit/factors.hpp"
#include "llmfit/speed.hpp"

namespace llmfit {

/// Years in which bought hardware is written off to nothing. Of the resale prices that the catalog
/// knows (economics: resale-retention) the H100 SXM lost its value fastest: 29 % left after three
/// years is nothing after 4.2; every other card kept more for longer.
inline constexpr double usual_depreciation_years = 4;

/// What buying costs and what a thousand tokens take is asked for.
struct OwningRequest {
  std::shared_ptr<const FactorBook> factors;  ///< null: nothing is known of power, water, carbon
  std::optional<double> purchase_usd;         ///< of one copy's hardware; absent: the cards' price
  std::optional<double> watts;                ///< of one copy's hardware; absent: the cards' power
  double depreciation_years = usual_depreciation_years;
  double hosting_usd_month = 0;  ///< of one copy
};

/// Where a purchase price comes from.
enum class PriceBasis { given, street, launch };
std::string_view to_string(PriceBasis basis);

/// Whether, and when, buying has cost no more than renting.
enum class BreakEven {
  month,            ///< in the month that is told
  not_within_life,  ///< in the month that is told, when the hardware is written off already
  never,            ///< running the hardware costs as much as renting it, or more
  unknown,          ///< a price or the power is not known
};
std::string_view to_string(BreakEven verdict);

/// What a configuration costs whoever buys it, all copies that a load takes together. What is not
/// known is absent.
struct Owning {
  std::int64_t copies = 1;
  std::optional<double> purchase_usd;
  PriceBasis basis = PriceBasis::launch;
  std::string_view purchase_date;  ///< of a street price; empty: none is known
  std::optional<double> watts;     ///< at work
  bool watts_given = false;        ///< else the rated power of the cards alone
  double depreciation_years = usual_depreciation_years;
  std::optional<double> depreciation_usd_per_hour;
  std::optional<double> power_usd_per_hour;
  double hosting_usd_per_hour = 0;
  std::optional<double> running_usd_per_month;  ///< power and hosting
  std::optional<double> usd_per_hour;           ///< depreciation, power and hosting
  std::optional<double> usd_per_month;
  std::optional<double> usd_per_million_tokens;
  std::optional<double> rent_usd_per_month;  ///< of the configuration's offer
  BreakEven break_even = BreakEven::unknown;
  std::optional<std::int64_t> break_even_months;
  std::shared_ptr<const FactorSet> factors;  ///< of its power; null: none are known
};

/// What a thousand output tokens (input tokens of what only reads) take where the configuration's
/// offer stands, else at one's own place. Bands are those of the throughput.
struct Energy {
  std::optional<double> watts;  ///< at work, of all copies
  bool watts_given = false;
  std::optional<Rate> server_wh;  ///< of the hardware
  std::optional<Rate> wh;         ///< of the building
  /// With full power in the idle hours too, as owning counts it; absent: there are none.
  std::optional<double> wh_all_hours;
  std::optional<Rate> litres;  ///< on site and in power stations
  std::optional<Rate> grams_co2;
  std::shared_ptr<const FactorSet> factors;  ///< null: none are known
};

}  // namespace llmfit
