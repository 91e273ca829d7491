// SPDX-License-Identifier: MIT
#include "cli/owning.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

constexpr double grams_per_kilogram = 1000;

constexpr auto asking = std::to_array<Option>({
    Option::costs,
    Option::api,
    Option::purchase_usd,
    Option::depreciation_years,
    Option::hosting_usd_month,
    Option::kwh_price,
    Option::watts,
    Option::pue,
    Option::wue,
    Option::grid,
});

/// What numbers an option takes.
struct Range {
  Option option;
  double low = 0;
  bool low_itself = true;  ///< is `low` one of them
  double high = 0;
  std::string_view hint;
};
constexpr Range purchase_range{Option::purchase_usd, 0, false, 1e12,
                               "US dollars above 0 and at most 1e12, such as 850"};
constexpr Range years_range{Option::depreciation_years, 0, false, 100,
                            "years above 0 and at most 100, such as 3 or 4.5"};
constexpr Range hosting_range{Option::hosting_usd_month, 0, true, 1e12,
                              "US dollars a month from 0 to 1e12, such as 150"};
constexpr Range watts_range{Option::watts, 0, false, 1e9,
                            "watts above 0 and at most 1e9, such as 450"};
constexpr Range price_range{Option::kwh_price, 0, true, 1000,
                            "US dollars a kilowatt hour from 0 to 1000, such as 0.15"};
constexpr Range pue_range{Option::pue, 1, true, 100, "a ratio from 1 to 100, such as 1.2"};
constexpr Range water_range{Option::wue, 0, true, 1000,
                            "litres a kilowatt hour from 0 to 1000, such as 0.5"};
constexpr double most_grams = 100000;

Result<std::optional<double>> number_in(const Arguments& arguments, const Range& range) {
  if (!arguments.has(range.option)) return std::optional<double>();
  const auto typed = arguments.value(range.option);
  const auto number = base::parse_number(typed);
  const bool inside = number && (range.low_itself ? *number >= range.low : *number > range.low);
  if (inside && *number <= range.high) return number;
  return bad_value(range.option, typed, std::string(range.hint));
}

/// Reads each option into its place.
template <class Target, std::size_t count>
Result<void> read_into(
    Target& target, const Arguments& arguments,
    const std::array<std::pair<const Range*, std::optional<double> Target::*>, count>& places) {
  for (const auto& [range, place] : places) {
    const auto number = number_in(arguments, *range);
    if (!number) return pass(number);
    target.*place = *number;
  }
  return {};
}

/// A number is grams of CO2 a kilowatt hour, anything else a place.
Result<void> read_grid(GivenFactors& given, const Arguments& arguments) {
  if (!arguments.has(Option::grid)) return {};
  const auto typed = arguments.value(Option::grid);
  const auto grams = base::parse_number(typed);
  // What reads as a number elsewhere is none here, and no place either.
  constexpr auto no_numbers = std::to_array<std::string_view>({"nan", "inf", "+inf", "-inf"});
  const bool no_number =
      std::find(no_numbers.begin(), no_numbers.end(), base::lower(typed)) != no_numbers.end();
  if (!grams && !typed.empty() && !no_number) {
    given.grid = typed;
    return {};
  }
  if (!grams || *grams < 0 || *grams > most_grams) {
    return bad_value(
        Option::grid, typed,
        "a country (de, deu, Germany), a cloud's region (gcp:us-central1), or grams of "
        "CO2 a kilowatt hour from 0 to 100000");
  }
  given.grid_carbon = *grams / grams_per_kilogram;
  return {};
}

Result<FactorBook> read_factors(const Arguments& arguments, const Catalog& catalog) {
  using Place = std::pair<const Range*, std::optional<double> GivenFactors::*>;
  constexpr std::array<Place, 3> places{{{&price_range, &GivenFactors::electricity_price},
                                         {&pue_range, &GivenFactors::pue},
                                         {&water_range, &GivenFactors::water_onsite}}};
  GivenFactors given;
  const auto numbers = read_into(given, arguments, places);
  if (!numbers) return pass(numbers);
  const auto grid = read_grid(given, arguments);
  if (!grid) return pass(grid);
  auto book = FactorBook::read(catalog, given);
  if (!book) {
    auto error = book.error();
    error.where = std::string(spec_of(Option::grid).name) + " " + error.where;
    return tl::unexpected(std::move(error));
  }
  return book;
}

}  // namespace

Result<void> read_owning(FitRequest& request, const Arguments& arguments, const Catalog& catalog) {
  const auto is_given = [&](Option option) { return arguments.has(option); };
  if (std::none_of(asking.begin(), asking.end(), is_given)) return {};
  using Place = std::pair<const Range*, std::optional<double> OwningRequest::*>;
  constexpr std::array<Place, 2> places{
      {{&purchase_range, &OwningRequest::purchase_usd}, {&watts_range, &OwningRequest::watts}}};
  OwningRequest owning;
  const auto numbers = read_into(owning, arguments, places);
  if (!numbers) return pass(numbers);
  const auto years = number_in(arguments, years_range);
  if (!years) return pass(years);
  owning.depreciation_years = years->value_or(owning.depreciation_years);
  const auto hosting = number_in(arguments, hosting_range);
  if (!hosting) return pass(hosting);
  owning.hosting_usd_month = hosting->value_or(owning.hosting_usd_month);
  auto factors = read_factors(arguments, catalog);
  if (!factors) return pass(factors);
  owning.factors = std::make_shared<const FactorBook>(std::move(*factors));
  request.owning = std::move(owning);
  return {};
}

}  // namespace llmfit::cli
