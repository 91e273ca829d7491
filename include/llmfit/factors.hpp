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
  std::optional<double> low{};  ///< of the range that the record tells; absent: none
  std::optional<double> high{};
};

/// How it is known of which grid the power is.
enum class GridBasis {
  known,           ///< the offer names its place
  one_of_several,  ///< the offer names several; the first of them
  assumed,         ///< nobody says where the hardware stands
  given,           ///< a person says it
};
std::string_view to_string(GridBasis basis);  ///< as in JSON

/// Where hardware of one's own stands.
enum class OwnPlace { home, data_centre };

/// What holds in one place; what is not known is absent.
struct FactorSet {
  std::optional<Factor> electricity_price;
  std::optional<Factor> pue;
  std::optional<Factor> water_onsite;
  std::optional<Factor> grid_carbon;
  std::optional<Factor> grid_water;
  GridBasis grid_basis = GridBasis::assumed;
  /// The place given is in another country than the one whose electricity price counts.
  bool price_elsewhere = false;
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
  std::string sector;   ///< "commercial", "residential"; empty: any
  bool is_default = false;
  bool of_cloud_region = false;
};

/// The catalog's factors, read once.
class FactorBook {
 public:
  /// Errors: invalid_value (the catalog knows no grid of that place; near names are suggested).
  static Result<FactorBook> read(const Catalog& catalog, const GivenFactors& typed = {});

  /// For hardware of one's own, never null. At home or in an office the price of a household and
  /// no building around it; in a data centre the price of a business and the catalog's defaults.
  [[nodiscard]] std::shared_ptr<const FactorSet> at_own_place(
      OwnPlace place = OwnPlace::home) const {
    return place == OwnPlace::home ? home_ : data_centre_;
  }
  /// For a machine of an offer: what is known of its provider and region, else the defaults.
  [[nodiscard]] std::shared_ptr<const FactorSet> at(const OfferRecord& offer) const;

 private:
  explicit FactorBook(std::vector<FactorEntry> entries) : entries_(std::move(entries)) {}

  std::vector<FactorEntry> entries_;
  FactorSet given_;  ///< goes before what the catalog says
  bool grid_given_ = false;
  bool price_elsewhere_ = false;
  std::shared_ptr<const FactorSet> home_;
  std::shared_ptr<const FactorSet> data_centre_;

  template <class Pick>
  [[nodiscard]] std::shared_ptr<const FactorSet> set_of(GridBasis basis, Pick pick) const;
};

}  // namespace llmfit
