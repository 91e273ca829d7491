// SPDX-License-Identifier: MIT
#include "cost/owning.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "cost/tokens.hpp"

namespace llmfit::cost {
namespace {

constexpr double months_per_year = 12;
constexpr double watts_per_kilowatt = 1000;

/// The date of the only street price, or of the oldest of several.
std::string_view street_date(std::span<const GpuCount> gpus) {
  std::string_view oldest;
  for (const auto& part : gpus) {
    const auto date = purchase_price(*part.gpu).date;
    if (oldest.empty() || (!date.empty() && date < oldest)) oldest = date;
  }
  return oldest;
}

std::optional<double> times(std::int64_t copies, const std::optional<double>& each) {
  return each ? std::optional(*each * static_cast<double>(copies)) : std::nullopt;
}

void add_purchase(Owning& owning, std::span<const GpuCount> gpus, const Cost& cost,
                  const OwningRequest& request) {
  owning.purchase_usd =
      times(owning.copies, request.purchase_usd ? request.purchase_usd : cost.purchase_usd);
  if (request.purchase_usd) {
    owning.basis = PriceBasis::given;
  } else if (cost.purchase_is_street) {
    owning.basis = PriceBasis::street;
    owning.purchase_date = street_date(gpus);
  }
  owning.depreciation_years = request.depreciation_years;
  if (owning.purchase_usd) {
    owning.depreciation_usd_per_hour =
        *owning.purchase_usd / (request.depreciation_years * months_per_year * hours_per_month);
  }
}

void add_power(Owning& owning, std::span<const GpuCount> gpus, const OwningRequest& request) {
  const double hosting = *times(owning.copies, request.hosting_usd_month);
  owning.hosting_usd_per_hour = hosting / hours_per_month;
  owning.watts = times(owning.copies, request.watts ? request.watts : rated_watts(gpus));
  owning.watts_given = request.watts.has_value();
  if (!request.factors) return;
  owning.factors = request.factors->at_own_place(own_place_of(gpus));
  const auto& price = owning.factors->electricity_price;
  const auto& pue = owning.factors->pue;
  if (!owning.watts || !price || !pue) return;
  owning.power_usd_per_hour = power_usd_per_hour(*owning.watts, pue->value, price->value);
  owning.running_usd_per_month = *owning.power_usd_per_hour * hours_per_month + hosting;
}

void add_break_even(Owning& owning) {
  if (!owning.purchase_usd || !owning.running_usd_per_month || !owning.rent_usd_per_month) return;
  owning.break_even_months = break_even_month(*owning.purchase_usd, *owning.running_usd_per_month,
                                              *owning.rent_usd_per_month);
  if (!owning.break_even_months) {
    owning.break_even = BreakEven::never;
    return;
  }
  const auto months = static_cast<double>(*owning.break_even_months);
  const bool later = months > owning.depreciation_years * months_per_year;
  owning.break_even = later ? BreakEven::not_within_life : BreakEven::month;
}

}  // namespace

std::optional<double> rated_watts(std::span<const GpuCount> gpus) {
  double sum = 0;
  for (const auto& part : gpus) {
    if (!(part.gpu->peaks.tdp_w > 0)) return std::nullopt;
    sum += part.gpu->peaks.tdp_w * part.count;
  }
  return gpus.empty() ? std::nullopt : std::optional(sum);
}

OwnPlace own_place_of(std::span<const GpuCount> gpus) {
  constexpr auto made_for_data_centres =
      std::to_array<std::string_view>({"datacenter", "slice", "cloud-asic"});
  const bool any = std::any_of(gpus.begin(), gpus.end(), [&](const GpuCount& part) {
    return std::find(made_for_data_centres.begin(), made_for_data_centres.end(),
                     part.gpu->segment) != made_for_data_centres.end();
  });
  return any ? OwnPlace::data_centre : OwnPlace::home;
}

double power_usd_per_hour(double watts, double pue, double usd_per_kwh) {
  return watts / watts_per_kilowatt * pue * usd_per_kwh;
}

std::optional<std::int64_t> break_even_month(double purchase, double running_month,
                                             double rent_month) {
  const double saved = rent_month - running_month;
  if (!(saved > 0)) return std::nullopt;
  // Division may end a hair above a whole month.
  constexpr double noise = 1e-9;
  constexpr double most = 1e9;
  const double months = std::ceil(purchase / saved * (1 - noise));
  if (!(months < most)) return std::nullopt;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(months));
}

Owning own(std::span<const GpuCount> gpus, const Cost& cost, const OwningRequest& request,
           std::optional<double> tokens_per_second, double utilisation, std::int64_t copies) {
  Owning owning;
  owning.copies = copies;
  add_purchase(owning, gpus, cost, request);
  add_power(owning, gpus, request);
  owning.rent_usd_per_month = times(copies, cost.usd_per_month);
  if (owning.depreciation_usd_per_hour && owning.power_usd_per_hour) {
    owning.usd_per_hour = *owning.depreciation_usd_per_hour + *owning.power_usd_per_hour +
                          owning.hosting_usd_per_hour;
    owning.usd_per_month = *owning.usd_per_hour * hours_per_month;
  }
  if (owning.usd_per_hour && tokens_per_second) {
    owning.usd_per_million_tokens =
        usd_per_million(*owning.usd_per_hour, *tokens_per_second, utilisation);
  }
  add_break_even(owning);
  return owning;
}

}  // namespace llmfit::cost

namespace llmfit {

std::string_view to_string(PriceBasis basis) {
  constexpr std::array<std::string_view, 3> words{"given", "street", "launch"};
  return words[static_cast<std::size_t>(basis)];
}

std::string_view to_string(BreakEven verdict) {
  constexpr std::array<std::string_view, 4> words{"month", "not_within_life", "never", "unknown"};
  return words[static_cast<std::size_t>(verdict)];
}

}  // namespace llmfit
