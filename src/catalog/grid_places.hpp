// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

namespace llmfit::catalog {

/// The country of a two-letter code (ISO 3166), as the catalog's grids name it: "DE" is "DEU".
/// Empty: the catalog has no grid of it.
std::string_view country_of_code(std::string_view two_letters);

/// Where a region of a provider lies, as the catalog's grids name it: "fr-par" of Scaleway is
/// {"FRA"}, "DE/FI" {"DEU", "FIN"}. A part of the region that names no country is left out.
struct RegionPlaces {
  std::vector<std::string_view> countries;
  bool several = false;  ///< the region has several parts, named countries or not
};
RegionPlaces places_of(std::string_view provider, std::string_view region);

}  // namespace llmfit::catalog
