// SPDX-License-Identifier: MIT
#include "render/factor_rows.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

constexpr std::string_view own_arithmetic = "arithmetic";

constexpr auto formulas = std::to_array<CostFormula>({
    {"written off", "purchase / (years x 8,760 hours)",
     "equal parts to nothing; 4 years unless said, because of the cards whose resale is known the "
     "H100 SXM lost its value fastest: 29 % left after 3 years (resale-retention)"},
    {"power", "watts / 1,000 x PUE x price of a kWh",
     "all hours as hours at work: what idle hardware draws is not known, and so buying is not made "
     "to look cheaper than it is; consumer and workstation cards stand at home or in an office "
     "(household price, PUE 1, no cooling water), others in a data centre"},
    {"owned", "written off + power + hosting", own_arithmetic},
    {"breaks even", "first month m with purchase + m x (power + hosting) <= m x rent",
     "what the hardware could still be sold for is not counted"},
    {"energy", "watts x 1,000 / tokens a second / 3,600, times PUE",
     "of all copies that a load takes; rated power is what the cards draw at most; processors, "
     "fans and power supplies are in "
     "--watts alone; a slice of a card counts as its share"},
    {"water", "energy of the hardware x (water on site + PUE x water of the grid)",
     "EcoLogits' methodology (water-formula)"},
    {"CO2", "energy of the hardware x PUE x CO2 of the grid",
     "EcoLogits' methodology (water-formula)"},
});

void add_once(std::vector<Factor>& factors, const std::optional<Factor>& factor) {
  if (!factor) return;
  const bool there = std::any_of(factors.begin(), factors.end(), [&](const Factor& known) {
    return known.kind == factor->kind && known.id == factor->id;
  });
  if (!there) factors.push_back(*factor);
}

Pair factor_row(const Factor& factor) {
  auto text = base::shortest(factor.value);
  if (const auto unit = unit_of(factor.kind); !unit.empty()) text.append(" ").append(unit);
  // Only its end may be the default, so the reader is told which end it is.
  if (factor.low && factor.high && *factor.low < *factor.high) {
    const bool upper = factor.value >= *factor.high;
    const bool lower = factor.value <= *factor.low;
    text += upper ? ", the upper end of " : lower ? ", the lower end of " : ", of ";
    text += base::shortest(*factor.low) + " to " + base::shortest(*factor.high);
  }
  if (factor.given) return {std::string(describe(factor.kind)), Text{text + ", as given"}};
  for (const auto* part : {&factor.place, &factor.as_of, &factor.source}) {
    if (!part->empty()) text.append(part == &factor.place ? ", " : " · ").append(*part);
  }
  return {std::string(describe(factor.kind)), Text{std::move(text)}};
}

}  // namespace

void add_factors(std::vector<Factor>& factors, const Candidate& candidate) {
  if (candidate.owning && candidate.owning->factors) {
    add_once(factors, candidate.owning->factors->electricity_price);
    add_once(factors, candidate.owning->factors->pue);
  }
  if (!candidate.energy || !candidate.energy->factors) return;
  const auto& known = *candidate.energy->factors;
  for (const auto part : {&FactorSet::pue, &FactorSet::water_onsite, &FactorSet::grid_carbon,
                          &FactorSet::grid_water}) {
    add_once(factors, known.*part);
  }
}

std::vector<Factor> used_factors(const FitResult& result) {
  std::vector<Factor> factors;
  for (const auto& format : result.formats) {
    for (const auto& candidate : format.candidates) add_factors(factors, candidate);
  }
  return factors;
}

Section factor_section(const std::vector<Factor>& factors) {
  Pairs pairs;
  for (const auto& factor : factors) pairs.rows.push_back(factor_row(factor));
  return {"factors", std::move(pairs)};
}

std::span<const CostFormula> cost_formulas() { return formulas; }

Section formula_section() {
  Pairs pairs;
  for (const auto& one : formulas) {
    auto text = std::string(one.formula);
    if (one.source != own_arithmetic) text.append("; ").append(one.source);
    pairs.rows.push_back({std::string(one.name), Text{std::move(text)}});
  }
  return {"how costs, energy and water are computed", std::move(pairs)};
}

}  // namespace llmfit::render
