// SPDX-License-Identifier: MIT
#include "catalog/factor_entries.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/json_tree.hpp"
#include "base/names.hpp"
#include "base/text.hpp"

namespace llmfit::catalog {
namespace {

/// The catalog's kinds of records that hold a factor, and the field it stands in.
struct FactorField {
  std::string_view record;
  std::string_view field;
  FactorKind kind;
};
constexpr auto factor_fields = std::to_array<FactorField>({
    {"electricity_price", "value", FactorKind::electricity_price},
    {"pue", "value", FactorKind::pue},
    {"wue_onsite", "value", FactorKind::water_onsite},
    {"grid", "carbon_kg_per_kwh", FactorKind::grid_carbon},
    {"grid", "water_offsite_l_per_kwh", FactorKind::grid_water},
    {"grid_region", "carbon_kg_per_kwh", FactorKind::grid_carbon},
});

/// Under which names the figures of a provider stand, beside its own; some hold only in regions
/// that are named so.
struct ProviderName {
  std::string_view provider;
  std::string_view in_region;
  std::string_view name;
};
constexpr auto provider_names = std::to_array<ProviderName>({
    {"aws-sagemaker", "", "aws"},
    {"gcp", "", "google"},
    {"azure", "eastus", "microsoft-usa"},
    {"azure", "westus", "microsoft-usa"},
    {"azure", "centralus", "microsoft-usa"},
    {"azure", "sweden", "microsoft-sweden"},
});

constexpr std::string_view world = "WOR";
constexpr std::string_view united_states = "USA";

std::string text_of(const base::JsonValue& value) { return std::string(value.text().value_or("")); }

std::string first_source(const base::JsonValue& record) {
  const auto groups = record["sources"].items();
  if (groups.empty()) return {};
  const auto sources = groups.front().items();
  return sources.empty() ? std::string{} : text_of(sources.front());
}

std::string place_of(const FactorEntry& entry, const base::JsonValue& record) {
  if (entry.of_cloud_region) return entry.region + " (" + entry.country + ")";
  if (!entry.country.empty()) return entry.country;
  const auto sector = text_of(record["sector"]);
  return sector.empty() ? entry.region : entry.region + ", " + sector;
}

void read_factors(std::string_view json, std::vector<FactorEntry>& entries) {
  const base::JsonTree tree(json);
  const auto record = tree.root();
  const auto word = record["kind"].text().value_or("");
  for (const auto& known : factor_fields) {
    if (word != known.record) continue;
    const auto value = record[known.field].number();
    if (!value) continue;
    auto& entry = entries.emplace_back();
    entry.region = text_of(record["region"]);
    entry.country = text_of(record["country"]);
    entry.is_default = record["default"].flag().value_or(false);
    entry.of_cloud_region = known.record == "grid_region";
    entry.factor = {known.kind,
                    *value,
                    text_of(record["id"]),
                    place_of(entry, record),
                    first_source(record),
                    text_of(record["as_of"])};
  }
}

template <class Matches>
const FactorEntry* newest(std::span<const FactorEntry> entries, FactorKind kind, Matches matches) {
  const FactorEntry* found = nullptr;
  for (const auto& entry : entries) {
    if (entry.factor.kind != kind || !matches(entry)) continue;
    if (found == nullptr || entry.factor.as_of > found->factor.as_of) found = &entry;
  }
  return found;
}

bool is_of_provider(const FactorEntry& entry, const OfferRecord& offer) {
  if (entry.region == offer.provider) return true;
  return std::any_of(provider_names.begin(), provider_names.end(), [&](const ProviderName& known) {
    return known.provider == offer.provider && known.name == entry.region &&
           offer.region.find(known.in_region) != std::string_view::npos;
  });
}

/// "NORWAY-1", "India (Delhi/Mumbai)": a region that begins with the name of a country.
bool begins_with_country(std::string_view region, std::string_view country) {
  if (country.empty() || !base::lower(region).starts_with(base::lower(country))) return false;
  if (region.size() == country.size()) return true;
  const char next = region[country.size()];
  return (next < 'a' || next > 'z') && (next < 'A' || next > 'Z');
}

const FactorEntry* grid_at(std::span<const FactorEntry> entries, FactorKind kind,
                           const OfferRecord& offer) {
  const auto own = std::string(offer.provider) + ":" + std::string(offer.region);
  const auto is_region = [&](const FactorEntry& entry) { return entry.region == own; };
  if (const auto* found = newest(entries, FactorKind::grid_carbon, is_region)) {
    return kind == FactorKind::grid_water ? grid_water_of(entries, *found) : found;
  }
  return newest(entries, kind, [&](const FactorEntry& entry) {
    return !entry.of_cloud_region && begins_with_country(offer.region, entry.country);
  });
}

}  // namespace

std::vector<FactorEntry> factor_entries(const Catalog& catalog) {
  std::vector<FactorEntry> entries;
  for (const auto record : catalog.economics()) {
    // Prices of hosted APIs are five records of six, and no factors.
    if (record.find("\"api_price\"") == std::string_view::npos) read_factors(record, entries);
  }
  return entries;
}

const FactorEntry* default_factor(std::span<const FactorEntry> entries, FactorKind kind) {
  const FactorEntry* found = nullptr;
  for (const auto& entry : entries) {
    if (entry.factor.kind == kind && entry.is_default) found = &entry;
  }
  return found;
}

const FactorEntry* factor_at(std::span<const FactorEntry> entries, FactorKind kind,
                             const OfferRecord& offer) {
  const bool of_grid = kind == FactorKind::grid_carbon || kind == FactorKind::grid_water;
  const auto* found = of_grid ? grid_at(entries, kind, offer)
                              : newest(entries, kind, [&](const FactorEntry& entry) {
                                  return is_of_provider(entry, offer);
                                });
  return found != nullptr ? found : default_factor(entries, kind);
}

std::vector<std::string_view> grid_names(const FactorEntry& entry) {
  const std::string_view region(entry.region);
  if (!entry.of_cloud_region) return {entry.country, region};
  return {region, region.substr(region.find(':') + 1)};
}

const FactorEntry* grid_of(std::span<const FactorEntry> entries, std::string_view typed) {
  const auto wanted = base::fold_name(typed);
  for (const auto& entry : entries) {
    if (entry.factor.kind != FactorKind::grid_carbon) continue;
    const auto names = grid_names(entry);
    const bool found = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return base::fold_name(name) == wanted;
    });
    if (found) return &entry;
  }
  return nullptr;
}

const FactorEntry* grid_water_of(std::span<const FactorEntry> entries, const FactorEntry& grid) {
  const auto of_region = [&](std::string_view region) {
    return newest(entries, FactorKind::grid_water,
                  [&](const FactorEntry& entry) { return entry.region == region; });
  };
  if (!grid.of_cloud_region) return of_region(grid.region);
  const auto* country = newest(entries, FactorKind::grid_water, [&](const FactorEntry& entry) {
    return entry.country == grid.country;
  });
  if (country != nullptr) return country;
  const bool american = grid.region.find(":us-") != std::string::npos;
  return of_region(american ? united_states : world);
}

}  // namespace llmfit::catalog
