// SPDX-License-Identifier: MIT
#include "catalog/grid_places.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/names.hpp"
#include "base/text.hpp"

namespace llmfit::catalog {
namespace {

/// ISO 3166 codes of the countries whose grids the catalog knows; "UK" is what people write.
struct CountryCode {
  std::string_view two;
  std::string_view three;
};
constexpr auto country_codes = std::to_array<CountryCode>({
    {"AR", "ARG"}, {"AT", "AUT"}, {"AU", "AUS"}, {"BE", "BEL"}, {"BG", "BGR"}, {"BR", "BRA"},
    {"CA", "CAN"}, {"CH", "CHE"}, {"CL", "CHL"}, {"CN", "CHN"}, {"CY", "CYP"}, {"CZ", "CZE"},
    {"DE", "DEU"}, {"DK", "DNK"}, {"EE", "EST"}, {"ES", "ESP"}, {"FI", "FIN"}, {"FR", "FRA"},
    {"GB", "GBR"}, {"GR", "GRC"}, {"HU", "HUN"}, {"ID", "IDN"}, {"IE", "IRL"}, {"IN", "IND"},
    {"IS", "ISL"}, {"IT", "ITA"}, {"JP", "JPN"}, {"KR", "KOR"}, {"LT", "LTU"}, {"LU", "LUX"},
    {"LV", "LVA"}, {"MT", "MLT"}, {"MX", "MEX"}, {"MY", "MYS"}, {"NL", "NLD"}, {"NO", "NOR"},
    {"NZ", "NZL"}, {"PL", "POL"}, {"PT", "PRT"}, {"RO", "ROU"}, {"RU", "RUS"}, {"SE", "SWE"},
    {"SI", "SVN"}, {"SK", "SVK"}, {"TH", "THA"}, {"TR", "TUR"}, {"TW", "TWN"}, {"UA", "UKR"},
    {"UK", "GBR"}, {"US", "USA"},
});

/// Where the regions of a provider lie whose names begin so, by the provider's own list of regions.
struct RegionStart {
  std::string_view provider;
  std::string_view start;
  std::string_view country;
};
constexpr auto region_starts = std::to_array<RegionStart>({
    {"aws", "us-", "USA"},
    {"aws", "ca-", "CAN"},
    {"aws", "sa-east", "BRA"},
    {"aws", "mx-", "MEX"},
    {"aws", "eu-west-1", "IRL"},
    {"aws", "eu-west-2", "GBR"},
    {"aws", "eu-west-3", "FRA"},
    {"aws", "eu-central-1", "DEU"},
    {"aws", "eu-central-2", "CHE"},
    {"aws", "eu-north-1", "SWE"},
    {"aws", "eu-south-1", "ITA"},
    {"aws", "eu-south-2", "ESP"},
    {"aws", "ap-northeast-1", "JPN"},
    {"aws", "ap-northeast-2", "KOR"},
    {"aws", "ap-northeast-3", "JPN"},
    {"aws", "ap-southeast-2", "AUS"},
    {"aws", "ap-south-", "IND"},
    {"aws", "cn-", "CHN"},
    {"gcp", "us-", "USA"},
    {"gcp", "asia-east1", "TWN"},
    {"gcp", "europe-west4", "NLD"},
    {"azure", "eastus", "USA"},
    {"azure", "westus", "USA"},
    {"azure", "centralus", "USA"},
    {"azure", "northcentralus", "USA"},
    {"azure", "southcentralus", "USA"},
    {"azure", "westcentralus", "USA"},
    {"azure", "canada", "CAN"},
    {"azure", "brazil", "BRA"},
    {"azure", "uk", "GBR"},
    {"azure", "france", "FRA"},
    {"azure", "germany", "DEU"},
    {"azure", "sweden", "SWE"},
    {"azure", "norway", "NOR"},
    {"azure", "switzerland", "CHE"},
    {"azure", "westeurope", "NLD"},
    {"azure", "northeurope", "IRL"},
    {"azure", "poland", "POL"},
    {"azure", "italy", "ITA"},
    {"azure", "spain", "ESP"},
    {"azure", "japan", "JPN"},
    {"azure", "korea", "KOR"},
    {"azure", "australia", "AUS"},
    {"azure", "centralindia", "IND"},
    {"azure", "southindia", "IND"},
    {"azure", "westindia", "IND"},
    {"scaleway", "fr-", "FRA"},
    {"scaleway", "nl-", "NLD"},
    {"scaleway", "pl-", "POL"},
    {"scaleway", "it-", "ITA"},
    {"ovhcloud", "gra", "FRA"},
    {"ovhcloud", "sbg", "FRA"},
    {"ovhcloud", "rbx", "FRA"},
    {"ovhcloud", "par", "FRA"},
    {"ovhcloud", "bhs", "CAN"},
    {"ovhcloud", "waw", "POL"},
    {"ovhcloud", "lon", "GBR"},
    {"digitalocean", "nyc", "USA"},
    {"digitalocean", "sfo", "USA"},
    {"digitalocean", "atl", "USA"},
    {"digitalocean", "tor", "CAN"},
    {"digitalocean", "ams", "NLD"},
    {"digitalocean", "fra", "DEU"},
    {"digitalocean", "lon", "GBR"},
    {"digitalocean", "blr", "IND"},
    {"digitalocean", "syd", "AUS"},
    {"paperspace", "east coast", "USA"},
    {"paperspace", "west coast", "USA"},
    {"hyperstack", "canada", "CAN"},
    {"hyperstack", "norway", "NOR"},
    {"hyperstack", "us", "USA"},
});

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// "The Netherlands, NL" and "Texas, US" end with the country's code.
std::string_view ending_of(std::string_view place) {
  const auto comma = place.rfind(',');
  return comma == std::string_view::npos ? place : trimmed(place.substr(comma + 1));
}

std::string_view country_of(std::string_view provider, std::string_view place) {
  if (const auto country = country_of_code(ending_of(place)); !country.empty()) return country;
  const auto wanted = base::lower(place);
  const auto owner = provider == "aws-sagemaker" ? std::string_view("aws") : provider;
  const auto* found =
      std::find_if(region_starts.begin(), region_starts.end(), [&](const RegionStart& known) {
        return known.provider == owner && wanted.starts_with(known.start);
      });
  return found == region_starts.end() ? std::string_view{} : found->country;
}

}  // namespace

std::string_view country_of_code(std::string_view two_letters) {
  const auto wanted = base::lower(two_letters);
  const auto* found =
      std::find_if(country_codes.begin(), country_codes.end(),
                   [&](const CountryCode& known) { return base::lower(known.two) == wanted; });
  return found == country_codes.end() ? std::string_view{} : found->three;
}

RegionPlaces places_of(std::string_view provider, std::string_view region) {
  RegionPlaces places;
  const bool in_brackets = region.find('(') != std::string_view::npos;
  while (!region.empty()) {
    const auto end = in_brackets ? region.size() : std::min(region.find('/'), region.size());
    const auto country = country_of(provider, trimmed(region.substr(0, end)));
    if (!country.empty()) places.countries.push_back(country);
    places.several = places.several || end < region.size();
    region.remove_prefix(std::min(end + 1, region.size()));
  }
  return places;
}

}  // namespace llmfit::catalog
