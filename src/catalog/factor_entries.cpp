// SPDX-License-Identifier: MIT
#include "catalog/factor_entries.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/json_tree.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "catalog/grid_places.hpp"

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
  const bool priced = record["kind"].text() == "electricity_price";
  return priced && !entry.sector.empty() ? entry.region + ", " + entry.sector : entry.region;
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
    entry.sector = text_of(record["sector"]);
    entry.is_default = record["default"].flag().value_or(false);
    entry.of_cloud_region = known.record == "grid_region";
    entry.factor = {known.kind,
                    *value,
                    text_of(record["id"]),
                    place_of(entry, record),
                    first_source(record),
                    text_of(record["as_of"]),
                    false,
                    record["min"].number(),
                    record["max"].number()};
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

/// A grid, and how it is known.
struct GridFound {
  const FactorEntry* grid = nullptr;
  GridBasis basis = GridBasis::assumed;
};

const FactorEntry* grid_of_country(std::span<const FactorEntry> entries, std::string_view code) {
  return newest(entries, FactorKind::grid_carbon,
                [&](const FactorEntry& entry) { return entry.region == code; });
}

GridFound grid_at(std::span<const FactorEntry> entries, std::string_view provider,
                  std::string_view region) {
  if (const auto* own =
          grid_of_country(entries, std::string(provider) + ":" + std::string(region))) {
    return {own, GridBasis::known};
  }
  const auto* named = newest(entries, FactorKind::grid_carbon, [&](const FactorEntry& entry) {
    return !entry.of_cloud_region && begins_with_country(region, entry.country);
  });
  if (named != nullptr) return {named, GridBasis::known};
  const auto places = places_of(provider, region);
  for (const auto country : places.countries) {
    const auto* grid = grid_of_country(entries, country);
    if (grid == nullptr) continue;
    return {grid, places.several ? GridBasis::one_of_several : GridBasis::known};
  }
  return {};
}

/// In what sectors a figure stands that holds at a place of one's own.
std::string_view sector_of(OwnPlace place) {
  return place == OwnPlace::home ? "residential" : "commercial";
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
  const FactorEntry* found = nullptr;
  if (kind == FactorKind::grid_carbon || kind == FactorKind::grid_water) {
    found = grid_at(entries, offer.provider, offer.region).grid;
    if (found != nullptr && kind == FactorKind::grid_water) found = grid_water_of(entries, *found);
  } else {
    found = newest(entries, kind,
                   [&](const FactorEntry& entry) { return is_of_provider(entry, offer); });
  }
  return found != nullptr ? found : default_factor(entries, kind);
}

const FactorEntry* own_factor(std::span<const FactorEntry> entries, FactorKind kind,
                              OwnPlace place) {
  const auto* found = newest(
      entries, kind, [&](const FactorEntry& entry) { return entry.sector == sector_of(place); });
  return found != nullptr ? found : default_factor(entries, kind);
}

GridBasis grid_basis_at(std::span<const FactorEntry> entries, const OfferRecord& offer) {
  return grid_at(entries, offer.provider, offer.region).basis;
}

bool is_american(const FactorEntry& grid) {
  return grid.region == united_states || grid.region.find(":us-") != std::string::npos;
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
  if (const auto code = country_of_code(typed); !code.empty()) {
    return grid_of_country(entries, code);
  }
  const auto colon = typed.find(':');
  if (colon == std::string_view::npos) return nullptr;
  // Of a cloud whose regions the catalog lists another name is no region.
  const auto cloud = base::lower(typed.substr(0, colon + 1));
  const bool listed = std::any_of(entries.begin(), entries.end(), [&](const FactorEntry& entry) {
    return entry.of_cloud_region && entry.region.starts_with(cloud);
  });
  if (listed) return nullptr;
  return grid_at(entries, base::lower(typed.substr(0, colon)), typed.substr(colon + 1)).grid;
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
  return of_region(is_american(grid) ? united_states : world);
}

}  // namespace llmfit::catalog
