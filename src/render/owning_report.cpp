// SPDX-License-Identifier: MIT
#include "render/owning_report.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/numbers.hpp"
#include "render/figure.hpp"
#include "search/hardware.hpp"

namespace llmfit::render {
namespace {

constexpr std::string_view not_known = "not known";

const Candidate* first_that_fits(const FormatResult& format) {
  const auto found = std::find_if(format.candidates.begin(), format.candidates.end(),
                                  [](const Candidate& candidate) { return candidate.fits; });
  return found == format.candidates.end() || !found->owning ? nullptr : &*found;
}

std::string years_text(double years) {
  return base::shortest(years) + (years == 1 ? " year" : " years");
}

std::string purchase_text(const Owning& owning) {
  if (!owning.purchase_usd) return "not known; --purchase-usd gives it";
  auto text = base::usd_text(*owning.purchase_usd);
  if (owning.basis == PriceBasis::given) return text + ", as given";
  if (owning.basis == PriceBasis::launch) return text + ", launch price of the cards alone";
  text += ", street price of the cards alone";
  return owning.purchase_date.empty() ? text : text.append(" of ").append(owning.purchase_date);
}

std::string depreciation_text(const Owning& owning) {
  if (!owning.depreciation_usd_per_hour) return std::string(not_known);
  return dollars(*owning.depreciation_usd_per_hour) + " an hour: to nothing over " +
         years_text(owning.depreciation_years) + ", in equal parts";
}

std::string watts_text(const std::optional<double>& watts, bool given) {
  if (!watts) return "not known; --watts gives it";
  return figure(*watts) + (given ? " W, as given"
                                 : " W, rated power of the cards alone; --watts gives that of all");
}

std::string power_text(const Owning& owning) {
  if (!owning.power_usd_per_hour) return watts_text(owning.watts, owning.watts_given);
  return dollars(*owning.power_usd_per_hour) + " an hour: " + figure(*owning.watts) +
         (owning.watts_given ? " W" : " W rated") + " × PUE " + base::shortest(owning.pue->value) +
         " × $" + base::shortest(owning.electricity_price->value) + " a kWh, all hours at work";
}

std::string money_text(const std::optional<double>& hour, const std::optional<double>& month,
                       const std::optional<double>& million) {
  if (!hour || !month) return std::string(not_known);
  auto text = dollars(*hour) + " an hour, " + base::usd_text(*month) + " a month";
  return million ? text + ", " + dollars(*million) + " a million output tokens" : text;
}

/// The machine that is rented may have more cards than the configuration uses.
std::string rent_text(const Candidate& candidate) {
  const auto& cost = candidate.cost;
  if (cost.offer == nullptr || !cost.usd_per_hour) return "no price is known";
  auto text = money_text(cost.usd_per_hour, cost.usd_per_month, cost.usd_per_million_tokens) +
              ": " + offer_name(cost);
  const double cards = cost.offer->gpu_count * cost.machines;
  if (cards > card_count(candidate) && cards >= 1) text += ", with " + figure(cards) + " cards";
  return text;
}

std::string break_even_text(const Owning& owning) {
  if (owning.break_even == BreakEven::unknown) return std::string(not_known);
  const auto running = base::usd_text(*owning.running_usd_per_month);
  const auto rent = base::usd_text(*owning.rent_usd_per_month);
  if (owning.break_even == BreakEven::never) {
    return "never: power and hosting take " + running + " a month, renting " + rent;
  }
  const auto month = base::grouped(*owning.break_even_months);
  auto text = "in month " + month + ": " + base::usd_text(*owning.purchase_usd) + " + " + month +
              " × " + running + " is at most " + month + " × " + rent;
  constexpr double months_per_year = 12;
  const bool later = static_cast<double>(*owning.break_even_months) >
                     owning.depreciation_years * months_per_year;
  return later ? text + "; by then it is written off" : text;
}

Section buying_section(const Candidate& candidate, std::string heading) {
  const auto& owning = *candidate.owning;
  Pairs pairs;
  pairs.rows.push_back({"purchase", Text{purchase_text(owning)}});
  pairs.rows.push_back({"written off", Text{depreciation_text(owning)}});
  pairs.rows.push_back({"power", Text{power_text(owning)}});
  if (owning.hosting_usd_per_hour > 0) {
    pairs.rows.push_back({"hosting", Text{dollars(owning.hosting_usd_per_hour) + " an hour"}});
  }
  pairs.rows.push_back({"owned", Text{money_text(owning.usd_per_hour, owning.usd_per_month,
                                                 owning.usd_per_million_tokens)}});
  pairs.rows.push_back({"rented", Text{rent_text(candidate)}});
  pairs.rows.push_back({"breaks even", Text{break_even_text(owning)}});
  return {std::move(heading), std::move(pairs)};
}

std::string band_text(const Rate& rate, std::string_view unit) {
  auto text = figure(rate.value);
  return text.append(unit).append(" (").append(figure(rate.low)).append(" to ").append(
      figure(rate.high) + ")");
}

std::string energy_text(const Energy& energy) {
  if (!energy.server_wh) return std::string(not_known);
  if (!energy.wh) return band_text(*energy.server_wh, " Wh") + " at the hardware";
  return band_text(*energy.wh, " Wh") + ", of which " + figure(energy.server_wh->value) +
         " at the hardware";
}

Section energy_section(const Energy& energy, std::string heading) {
  const auto text = [](const std::optional<Rate>& rate, std::string_view unit) {
    return rate ? band_text(*rate, unit) : std::string(not_known);
  };
  Pairs pairs;
  pairs.rows.push_back({"power", Text{watts_text(energy.watts, energy.watts_given)}});
  pairs.rows.push_back({"energy", Text{energy_text(energy)}});
  pairs.rows.push_back({"water", Text{text(energy.litres, " L")}});
  pairs.rows.push_back({"CO2", Text{text(energy.grams_co2, " g")}});
  return {std::move(heading), std::move(pairs)};
}

void add_once(std::vector<Factor>& factors, const std::optional<Factor>& factor) {
  if (!factor) return;
  const bool there = std::any_of(factors.begin(), factors.end(), [&](const Factor& known) {
    return known.kind == factor->kind && known.id == factor->id;
  });
  if (!there) factors.push_back(*factor);
}

void add_factors(std::vector<Factor>& factors, const Candidate& candidate) {
  if (candidate.owning) {
    add_once(factors, candidate.owning->electricity_price);
    add_once(factors, candidate.owning->pue);
  }
  if (!candidate.energy) return;
  const auto& known = candidate.energy->factors;
  for (const auto part : {&FactorSet::pue, &FactorSet::water_onsite, &FactorSet::grid_carbon,
                          &FactorSet::grid_water}) {
    add_once(factors, known.*part);
  }
}

Pair factor_row(const Factor& factor) {
  auto text = base::shortest(factor.value);
  if (const auto unit = unit_of(factor.kind); !unit.empty()) text.append(" ").append(unit);
  if (factor.given) return {std::string(describe(factor.kind)), Text{text + ", as given"}};
  for (const auto* part : {&factor.place, &factor.as_of, &factor.source}) {
    if (!part->empty()) text.append(part == &factor.place ? ", " : " · ").append(*part);
  }
  return {std::string(describe(factor.kind)), Text{std::move(text)}};
}

}  // namespace

std::vector<Factor> used_factors(const FitResult& result) {
  std::vector<Factor> factors;
  for (const auto& format : result.formats) {
    for (const auto& candidate : format.candidates) add_factors(factors, candidate);
  }
  return factors;
}

std::vector<Section> owning_sections(const FitView& view) {
  std::vector<Section> sections;
  if (!view.request.owning) return sections;
  std::vector<Factor> factors;
  const bool several = view.result.formats.size() > 1;
  for (const auto& format : view.result.formats) {
    const auto* candidate = first_that_fits(format);
    if (candidate == nullptr) continue;
    const auto prefix = several ? std::string(format_id(format)) + ": " : std::string{};
    const auto hardware = search::describe(candidate->gpus);
    sections.push_back(buying_section(*candidate, prefix + "buying " + hardware));
    sections.push_back(energy_section(
        *candidate->energy,
        prefix + "energy and water of 1,000 output tokens on " + hardware));
    add_factors(factors, *candidate);
  }
  if (factors.empty()) return sections;
  Pairs pairs;
  for (const auto& factor : factors) pairs.rows.push_back(factor_row(factor));
  sections.push_back({"factors", std::move(pairs)});
  return sections;
}

}  // namespace llmfit::render
