// SPDX-License-Identifier: MIT
#include "llmfit/factors.hpp"

#include <array>
#include <utility>

#include "base/names.hpp"
#include "catalog/factor_entries.hpp"

namespace llmfit {
namespace {

struct KindWords {
  std::string_view word;
  std::string_view described;
  std::string_view unit;
};
constexpr std::array<KindWords, 5> kind_words{{{"electricity_price", "electricity", "USD/kWh"},
                                               {"pue", "PUE", ""},
                                               {"water_onsite", "water on site", "L/kWh"},
                                               {"grid_carbon", "CO2 of the grid", "kg/kWh"},
                                               {"grid_water", "water of the grid", "L/kWh"}}};

const KindWords& words_of(FactorKind kind) { return kind_words[static_cast<std::size_t>(kind)]; }

std::optional<Factor> copy(const FactorEntry* entry) {
  return entry == nullptr ? std::optional<Factor>() : entry->factor;
}

/// Where each kind stands in a set.
constexpr std::array<std::pair<FactorKind, std::optional<Factor> FactorSet::*>, 5> places{
    {{FactorKind::electricity_price, &FactorSet::electricity_price},
     {FactorKind::pue, &FactorSet::pue},
     {FactorKind::water_onsite, &FactorSet::water_onsite},
     {FactorKind::grid_carbon, &FactorSet::grid_carbon},
     {FactorKind::grid_water, &FactorSet::grid_water}}};

std::optional<Factor> given(FactorKind kind, const std::optional<double>& value) {
  if (!value) return std::nullopt;
  Factor factor;
  factor.kind = kind;
  factor.value = *value;
  factor.given = true;
  return factor;
}

tl::unexpected<Error> unknown_place(std::span<const FactorEntry> entries,
                                    const std::string& typed) {
  // Regions of two clouds have names alike, and lie elsewhere.
  const auto cloud = typed.substr(0, typed.find(':') + 1);
  std::vector<std::string_view> names;
  for (const auto& entry : entries) {
    if (entry.factor.kind != FactorKind::grid_carbon) continue;
    for (const auto name : catalog::grid_names(entry)) {
      if (name.starts_with(cloud)) names.push_back(name);
    }
  }
  auto hint = base::did_you_mean(base::nearest(typed, names));
  if (hint.empty()) {
    hint =
        "a country (deu), a cloud's region (gcp:us-central1, aws:us-east-1), or grams of CO2 a "
        "kilowatt hour";
  }
  return fail(ErrorCode::invalid_value, "no grid of '" + typed + "' is known", std::move(hint),
              typed);
}

}  // namespace

std::string_view to_string(GridBasis basis) {
  constexpr std::array<std::string_view, 4> words{"known", "one_of_several", "assumed", "given"};
  return words[static_cast<std::size_t>(basis)];
}
std::string_view to_string(FactorKind kind) { return words_of(kind).word; }
std::string_view describe(FactorKind kind) { return words_of(kind).described; }
std::string_view unit_of(FactorKind kind) { return words_of(kind).unit; }

/// What was given, else what `pick` finds of a kind.
template <class Pick>
std::shared_ptr<const FactorSet> FactorBook::set_of(GridBasis basis, Pick pick) const {
  FactorSet set;
  for (const auto& [kind, place] : places) {
    set.*place = given_.*place ? given_.*place : copy(pick(kind));
  }
  set.grid_basis = grid_given_ ? GridBasis::given : basis;
  set.price_elsewhere = price_elsewhere_;
  return std::make_shared<const FactorSet>(std::move(set));
}

Result<FactorBook> FactorBook::read(const Catalog& catalog, const GivenFactors& typed) {
  FactorBook book(catalog::factor_entries(catalog));
  if (!typed.grid.empty()) {
    const auto* grid = catalog::grid_of(book.entries_, typed.grid);
    if (grid == nullptr) return unknown_place(book.entries_, typed.grid);
    book.given_.grid_carbon = grid->factor;
    book.price_elsewhere_ = !typed.electricity_price && !catalog::is_american(*grid);
    book.given_.grid_water = copy(catalog::grid_water_of(book.entries_, *grid));
  }
  book.given_.electricity_price = given(FactorKind::electricity_price, typed.electricity_price);
  book.given_.pue = given(FactorKind::pue, typed.pue);
  book.given_.water_onsite = given(FactorKind::water_onsite, typed.water_onsite);
  if (typed.grid_carbon) {
    book.given_.grid_carbon = given(FactorKind::grid_carbon, typed.grid_carbon);
  }
  book.grid_given_ = book.given_.grid_carbon.has_value();
  const auto own = [&](OwnPlace place) {
    return book.set_of(GridBasis::assumed, [&](FactorKind kind) {
      return catalog::own_factor(book.entries_, kind, place);
    });
  };
  book.home_ = own(OwnPlace::home);
  book.data_centre_ = own(OwnPlace::data_centre);
  return book;
}

std::shared_ptr<const FactorSet> FactorBook::at(const OfferRecord& offer) const {
  const auto basis = catalog::grid_basis_at(entries_, offer);
  return set_of(basis, [&](FactorKind kind) { return catalog::factor_at(entries_, kind, offer); });
}

}  // namespace llmfit
