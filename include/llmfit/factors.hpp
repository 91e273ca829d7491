// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "llmfit/catalog.hpp"
#include "llmfit/result.hpp"

namespace llmfit {

/// What power, water and carbon are computed with.
enum class FactorKind {
  electricity_price,  ///< USD a kWh
  pue,                ///< power of the building for each watt of the hardware
  water_onsite,       ///< litres that the building's cooling takes, a kWh of the hardware
  grid_carbon,        ///< kg of CO2 equivalent a kWh
  grid_water,         ///< litres that power stations take, a kWh
};
std::string_view to_string(FactorKind kind);  ///< as in JSON
std::string_view describe(FactorKind kind);   ///< "electricity", "water on site" …
std::string_view unit_of(FactorKind kind);    ///< "USD/kWh"; empty: a ratio

/// One such figure, and where it comes from.
struct Factor {
  FactorKind kind = FactorKind::electricity_price;
  double value = 0;
  std::string id;      ///< of the catalog's record; empty: a person gave the figure
  std::string place;   ///< "United States", "aws"
  std::string source;  ///< the record's first source
  std::string as_of;
  bool given = false;
};

/// What holds in one place; what is not known is absent.
struct FactorSet {
  std::optional<Factor> electricity_price;
  std::optional<Factor> pue;
  std::optional<Factor> water_onsite;
  std::optional<Factor> grid_carbon;
  std::optional<Factor> grid_water;
};

/// Figures and a place that a person gives in place of the catalog's.
struct GivenFactors {
  std::optional<double> electricity_price;
  std::optional<double> pue;
  std::optional<double> water_onsite;
  std::optional<double> grid_carbon;  ///< kg a kWh
  std::string grid;                   ///< a place of the catalog: "deu", "Germany"; empty: none
};

/// A factor of the catalog with what it holds for.
struct FactorEntry {
  Factor factor;
  std::string region;   ///< "USA", "gcp:us-central1", "aws"
  std::string country;  ///< "Germany"; of a cloud's region often a city
  bool is_default = false;
  bool of_cloud_region = false;
};

/// The catalog's factors, read once.
class FactorBook {
 public:
  /// Errors: invalid_value (the catalog knows no grid of that place; near names are suggested).
  static Result<FactorBook> read(const Catalog& catalog, const GivenFactors& typed = {});

  /// For hardware of one's own: the catalog's defaults; never null.
  [[nodiscard]] std::shared_ptr<const FactorSet> at_own_place() const { return own_; }
  /// For a machine of an offer: what is known of its provider and region, else the defaults.
  [[nodiscard]] std::shared_ptr<const FactorSet> at(const OfferRecord& offer) const;

 private:
  explicit FactorBook(std::vector<FactorEntry> entries) : entries_(std::move(entries)) {}

  std::vector<FactorEntry> entries_;
  FactorSet given_;  ///< goes before what the catalog says
  std::shared_ptr<const FactorSet> own_;
};

}  // namespace llmfit
