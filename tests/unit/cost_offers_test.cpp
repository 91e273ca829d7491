// SPDX-License-Identifier: MIT
#include "cost/offers.hpp"

#include "catalog_fixture.hpp"
#include "catch.hpp"

using namespace catalog_fixture;
using namespace llmfit;

namespace {

/// A machine of one's own with one T4 and a price for each term.
Catalog with_own_offer() {
  const auto own =
      edited(record_of("offers", "aws-g4dn.xlarge"), {{"/id", "\"me-t4\""},
                                                      {"/provider", "\"me\""},
                                                      {"/usd_per_hour", "0.9"},
                                                      {"/usd_per_hour_spot", "0.4"},
                                                      {"/spot_as_of", "\"2026-09-01\""},
                                                      {"/usd_per_hour_reserved_1y", "0.6"},
                                                      {"/usd_per_hour_reserved_3y", "0.5"},
                                                      {"/reserved_as_of", "\"2026-08\""},
                                                      {"/includes", "\"card\""}});
  const std::vector<Catalog::OverlayText> files{{"mine.json", file_of("offers", {own})}};
  auto catalog = Catalog::with_overlays(Catalog::builtin(), files);
  INFO((catalog ? "" : catalog.error().where + ": " + catalog.error().message));
  REQUIRE(catalog.has_value());
  return *catalog;
}

const GpuRecord& t4(const Catalog& catalog) { return *catalog.find_gpus("t4").at(0); }

}  // namespace

TEST_CASE("each term of an offer has its own price and its own day", "[cost]") {
  struct Row {
    RentalTerm term;
    double usd_per_hour;
    std::string_view as_of;
  };
  const auto row = GENERATE(
      Row{RentalTerm::on_demand, 0.9, "2026-07-20"}, Row{RentalTerm::spot, 0.4, "2026-09-01"},
      Row{RentalTerm::reserved_1y, 0.6, "2026-08"}, Row{RentalTerm::reserved_3y, 0.5, "2026-08"});
  const auto catalog = with_own_offer();
  OfferFilter filter;
  filter.providers = {"me"};
  filter.term = row.term;
  const cost::OfferBook book(catalog, filter);
  const auto* offer = book.cheapest(t4(catalog), 1);
  REQUIRE(offer != nullptr);
  CHECK(offer->includes == "card");
  const auto cost = cost::price(book, offer, 2, {});
  CHECK(cost.term == row.term);
  CHECK(cost.usd_per_hour == row.usd_per_hour * 2);
  CHECK(cost.usd_per_month == row.usd_per_hour * 2 * 730);
  CHECK(price_date(cost) == row.as_of);
}

TEST_CASE("an offer without a price for the term does not count", "[cost]") {
  const auto& catalog = Catalog::builtin();
  for (const auto term : {RentalTerm::spot, RentalTerm::reserved_1y, RentalTerm::reserved_3y}) {
    OfferFilter filter;
    filter.term = term;
    const cost::OfferBook book(catalog, filter);
    for (const auto& gpu : catalog.gpus()) {
      const auto* offer = book.cheapest(gpu, 1);
      if (offer == nullptr) continue;
      INFO(offer->id);
      CHECK(rental_price(*offer, term).usd_per_hour.has_value());
    }
  }
}

TEST_CASE("what a price includes is what its record says, else the machine that it describes",
          "[cost]") {
  const auto included = [](std::string_view id) -> std::string_view {
    for (const auto& offer : Catalog::builtin().offers()) {
      if (offer.id == id) return offer.includes;
    }
    return "no such offer";
  };
  CHECK(included("aws-p5.48xlarge") == "machine");
  CHECK(included("coreweave-1x-a100-40gb-pcie") == "card");
  for (const auto& offer : Catalog::builtin().offers()) {
    INFO(offer.id);
    if (offer.provider == "salad" || offer.provider == "modal") CHECK(offer.includes == "card");
    if (offer.provider == "vast.ai") CHECK(offer.includes.empty());
  }
}
