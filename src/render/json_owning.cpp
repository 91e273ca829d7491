// SPDX-License-Identifier: MIT
#include "render/json_owning.hpp"

#include <initializer_list>
#include <memory>

#include "render/factor_rows.hpp"
#include "render/figure.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

/// A factor's kind, and where it stands in a set.
struct FactorPlace {
  FactorKind kind;
  std::optional<Factor> FactorSet::*part;
};

/// Dollars: a token may cost very few, so they keep their digits.
std::optional<double> money(std::optional<double> usd) {
  return usd ? std::optional(significant(*usd)) : std::nullopt;
}

std::optional<double> middle(const std::optional<Rate>& rate) {
  return rate ? std::optional(significant(rate->value)) : std::nullopt;
}

void write_band(JsonWriter& json, std::string_view key, const std::optional<Rate>& rate) {
  json.key(key);
  if (!rate) return json.value(nullptr);
  json.array(Shape::line);
  json.value(significant(rate->low));
  json.value(significant(rate->high));
  json.end();
}

/// The ids of the records, by which they stand in "factors".
void write_factor_ids(JsonWriter& json, const std::shared_ptr<const FactorSet>& factors,
                      std::initializer_list<FactorPlace> places) {
  json.key("factors");
  json.object(Shape::line);
  for (const auto& [kind, place] : places) {
    std::string_view id;
    if (factors && (*factors).*place) {
      const auto& factor = *((*factors).*place);
      id = factor.given ? std::string_view("given") : std::string_view(factor.id);
    }
    json.text_field(to_string(kind), id);
  }
  json.end();
}

void write_watts(JsonWriter& json, const std::optional<double>& watts, bool given) {
  json.field("watts", watts);
  const std::string_view basis = given ? "given" : "rated";
  json.text_field("watts_basis", watts ? basis : std::string_view{});
}

void write_buying(JsonWriter& json, const Owning& owning) {
  json.object();
  json.field("copies", owning.copies);
  json.field("purchase_usd", money(owning.purchase_usd));
  json.text_field("purchase_basis",
                  owning.purchase_usd ? to_string(owning.basis) : std::string_view{});
  json.text_field("purchase_as_of", owning.purchase_date);
  const std::string_view includes = owning.basis == PriceBasis::given ? "all" : "cards";
  json.text_field("purchase_includes", owning.purchase_usd ? includes : std::string_view{});
  write_watts(json, owning.watts, owning.watts_given);
  json.field("depreciation_years", owning.depreciation_years);
  json.field("depreciation_usd_per_hour", money(owning.depreciation_usd_per_hour));
  json.field("power_usd_per_hour", money(owning.power_usd_per_hour));
  json.field("hosting_usd_per_hour", money(owning.hosting_usd_per_hour));
  json.field("running_usd_per_month", money(owning.running_usd_per_month));
  json.field("usd_per_hour", money(owning.usd_per_hour));
  json.field("usd_per_month", money(owning.usd_per_month));
  json.field("usd_per_million_tokens", money(owning.usd_per_million_tokens));
  json.field("rent_usd_per_month", money(owning.rent_usd_per_month));
  json.field("break_even", to_string(owning.break_even));
  json.field("break_even_months", owning.break_even_months);
  write_factor_ids(json, owning.factors,
                   {{FactorKind::electricity_price, &FactorSet::electricity_price},
                    {FactorKind::pue, &FactorSet::pue}});
  json.end();
}

void write_energy(JsonWriter& json, const Energy& energy) {
  json.object();
  write_watts(json, energy.watts, energy.watts_given);
  json.field("server_wh_per_1k_tokens", middle(energy.server_wh));
  json.field("wh_per_1k_tokens", middle(energy.wh));
  write_band(json, "wh_per_1k_tokens_band", energy.wh);
  json.field("wh_per_1k_tokens_all_hours",
             energy.wh_all_hours ? std::optional(significant(*energy.wh_all_hours)) : std::nullopt);
  json.field("litres_per_1k_tokens", middle(energy.litres));
  write_band(json, "litres_per_1k_tokens_band", energy.litres);
  json.field("grams_co2_per_1k_tokens", middle(energy.grams_co2));
  write_band(json, "grams_co2_per_1k_tokens_band", energy.grams_co2);
  json.text_field("grid_basis",
                  energy.factors ? to_string(energy.factors->grid_basis) : std::string_view{});
  write_factor_ids(json, energy.factors,
                   {{FactorKind::pue, &FactorSet::pue},
                    {FactorKind::water_onsite, &FactorSet::water_onsite},
                    {FactorKind::grid_carbon, &FactorSet::grid_carbon},
                    {FactorKind::grid_water, &FactorSet::grid_water}});
  json.end();
}

void write_formulas(JsonWriter& json) {
  json.key("cost_formulas");
  json.array();
  for (const auto& one : cost_formulas()) {
    json.object(Shape::line);
    json.field("name", one.name);
    json.field("formula", one.formula);
    json.field("source", one.source);
    json.end();
  }
  json.end();
}

}  // namespace

void write_owning(JsonWriter& json, const std::optional<Owning>& owning,
                  const std::optional<Energy>& energy) {
  json.key("owning");
  owning ? write_buying(json, *owning) : json.value(nullptr);
  json.key("energy");
  energy ? write_energy(json, *energy) : json.value(nullptr);
}

void write_factors(JsonWriter& json, const FitView& view) {
  json.key("factors");
  if (!view.request.owning) return json.value(nullptr);
  json.array();
  for (const auto& factor : used_factors(view.result)) {
    json.object(Shape::line);
    json.field("kind", to_string(factor.kind));
    json.field("id", factor.given ? "given" : factor.id);
    json.field("value", factor.value);
    json.field("min", factor.low);
    json.field("max", factor.high);
    json.text_field("unit", unit_of(factor.kind));
    json.text_field("place", factor.place);
    json.text_field("as_of", factor.as_of);
    json.text_field("source", factor.source);
    json.field("given", factor.given);
    json.end();
  }
  json.end();
  if (view.explain) write_formulas(json);
}

}  // namespace llmfit::render
