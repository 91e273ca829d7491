// SPDX-License-Identifier: MIT
// Which figures of power, water and carbon count where.
#include "llmfit/factors.hpp"

#include "catalog_fixture.hpp"
#include "catch.hpp"

using namespace catalog_fixture;
using namespace llmfit;

namespace {

FactorBook book_of(const Catalog& catalog, const GivenFactors& given = {}) {
  auto book = FactorBook::read(catalog, given);
  REQUIRE(book.has_value());
  return *book;
}

FactorSet at(const FactorBook& book, std::string_view provider, std::string_view region) {
  OfferRecord offer;
  offer.provider = provider;
  offer.region = region;
  return *book.at(offer);
}

}  // namespace

TEST_CASE("hardware at home has a household's price and no building around it", "[factors]") {
  const auto set = *book_of(Catalog::builtin()).at_own_place();
  REQUIRE(set.electricity_price);
  CHECK(set.electricity_price->id == "electricity-us-residential");
  CHECK(set.electricity_price->value == 0.1872);
  CHECK(set.electricity_price->as_of == "2026-04-26");
  CHECK(set.electricity_price->place == "US, residential");
  CHECK_FALSE(set.electricity_price->source.empty());
  CHECK_FALSE(set.electricity_price->given);
  CHECK(set.pue->id == "pue-home");
  CHECK(set.pue->value == 1);
  CHECK(set.water_onsite->value == 0);
  CHECK(set.grid_basis == GridBasis::assumed);
  CHECK(set.grid_carbon->id == "grid-usa");
  CHECK(set.grid_water->id == "grid-usa");
  CHECK(set.grid_carbon->value == 0.38355);
  CHECK(set.grid_water->value == 3.1321);
}

TEST_CASE("hardware in a data centre has a business's price and the catalog's defaults",
          "[factors]") {
  const auto set = *book_of(Catalog::builtin()).at_own_place(OwnPlace::data_centre);
  CHECK(set.electricity_price->id == "electricity-us-commercial");
  CHECK(set.electricity_price->place == "US, commercial");
  CHECK(set.pue->id == "pue-default");
  CHECK(set.water_onsite->id == "wue-default");
  // The default is the upper end of what its source tells, and the reader is told so.
  CHECK(set.water_onsite->low == 0.18);
  CHECK(set.water_onsite->high == 1.1);
  CHECK_FALSE(set.pue->low);
}

TEST_CASE("a place that an offer names has its own grid", "[factors]") {
  struct Row {
    std::string_view provider;
    std::string_view region;
    std::string grid;
    GridBasis basis;
  };
  using enum GridBasis;
  const auto row = GENERATE(
      Row{"scaleway", "fr-par", "grid-fra", known},
      Row{"vast.ai", "The Netherlands, NL", "grid-nld", known},
      Row{"vast.ai", "Texas, US", "grid-usa", known}, Row{"vast.ai", "US", "grid-usa", known},
      Row{"hetzner", "DE/FI", "grid-deu", one_of_several},
      Row{"ovhcloud", "GRA/BHS", "grid-fra", one_of_several},
      Row{"digitalocean", "NYC / TOR / AMS", "grid-usa", one_of_several},
      Row{"hyperstack", "EU / US / Canada", "grid-usa", one_of_several},
      Row{"aws", "us-east-1", "grid-usa", known}, Row{"aws", "eu-central-1", "grid-deu", known},
      Row{"aws-sagemaker", "us-east-1", "grid-usa", known},
      Row{"azure", "australiaeast", "grid-aus", known},
      Row{"gcp", "us-central1", "grid-gcp-us-central1", known},
      Row{"gcp", "us-central2", "grid-gcp-us-central2", known},
      Row{"e2e", "India (Delhi/Mumbai)", "grid-ind", known},
      Row{"paperspace", "East Coast (NY2)", "grid-usa", known},
      Row{"runpod", "global", "grid-usa", assumed}, Row{"vast.ai", "several", "grid-usa", assumed},
      Row{"azure", "not stated", "grid-usa", assumed}, Row{"vultr", "", "grid-usa", assumed},
      Row{"oci", "all commercial regions", "grid-usa", assumed});
  INFO(row.provider << " " << row.region);
  const auto set = at(book_of(Catalog::builtin()), row.provider, row.region);
  CHECK(set.grid_carbon->id == row.grid);
  CHECK(set.grid_basis == row.basis);
}

TEST_CASE("a grid of another country says that the price is not of it", "[factors]") {
  struct Row {
    std::string typed;
    bool elsewhere;
  };
  const auto row = GENERATE(Row{"deu", true}, Row{"gcp:europe-north1", true}, Row{"usa", false},
                            Row{"gcp:us-west1", false}, Row{"aws:us-east-1", false});
  GivenFactors given;
  given.grid = row.typed;
  CHECK(book_of(Catalog::builtin(), given).at_own_place()->price_elsewhere == row.elsewhere);
  CHECK(book_of(Catalog::builtin(), given).at_own_place()->grid_basis == GridBasis::given);
  given.electricity_price = 0.3;
  CHECK_FALSE(book_of(Catalog::builtin(), given).at_own_place()->price_elsewhere);
}

TEST_CASE("an offer has the newest figures of its provider and region", "[factors]") {
  struct Row {
    std::string_view provider;
    std::string_view region;
    std::string pue;
    std::string water;
    std::string carbon;
    std::string grid_water;
  };
  const auto row = GENERATE(
      Row{"aws", "us-east-1", "pue-ecologits-aws", "wue-ecologits-aws", "grid-usa", "grid-usa"},
      Row{"aws-sagemaker", "us-east-1", "pue-ecologits-aws", "wue-ecologits-aws", "grid-usa",
          "grid-usa"},
      Row{"gcp", "us-central1", "pue-ecologits-google", "wue-ecologits-google",
          "grid-gcp-us-central1", "grid-usa"},
      Row{"gcp", "europe-west1", "pue-ecologits-google", "wue-ecologits-google",
          "grid-gcp-europe-west1", "grid-bel"},
      Row{"gcp", "europe-west4", "pue-ecologits-google", "wue-ecologits-google",
          "grid-gcp-europe-west4", "grid-wor"},
      Row{"azure", "eastus2", "pue-ecologits-microsoft-usa", "wue-ecologits-microsoft-usa",
          "grid-usa", "grid-usa"},
      Row{"azure", "australiaeast", "pue-ccf-azure", "wue-default", "grid-aus", "grid-aus"},
      Row{"hyperstack", "NORWAY-1", "pue-default", "wue-default", "grid-nor", "grid-nor"},
      Row{"fluidstack", "FINLAND", "pue-default", "wue-default", "grid-fin", "grid-fin"},
      Row{"e2e", "India (Delhi/Mumbai)", "pue-default", "wue-default", "grid-ind", "grid-ind"},
      Row{"x", "Indiana", "pue-default", "wue-default", "grid-usa", "grid-usa"},
      Row{"vast.ai", "global", "pue-default", "wue-default", "grid-usa", "grid-usa"});
  INFO(row.provider << " " << row.region);
  const auto set = at(book_of(Catalog::builtin()), row.provider, row.region);
  CHECK(set.pue->id == row.pue);
  CHECK(set.water_onsite->id == row.water);
  CHECK(set.grid_carbon->id == row.carbon);
  CHECK(set.grid_water->id == row.grid_water);
}

TEST_CASE("what a person gives goes before the catalog", "[factors]") {
  GivenFactors given;
  given.electricity_price = 0.3;
  given.pue = 1.05;
  given.water_onsite = 0;
  given.grid_carbon = 0.02;
  const auto book = book_of(Catalog::builtin(), given);
  for (const auto& set : {*book.at_own_place(), at(book, "gcp", "us-central1")}) {
    CHECK(set.electricity_price->value == 0.3);
    CHECK(set.electricity_price->given);
    CHECK(set.pue->value == 1.05);
    CHECK(set.water_onsite->value == 0);
    CHECK(set.grid_carbon->value == 0.02);
    CHECK(set.grid_carbon->given);
    CHECK_FALSE(set.grid_water->given);
  }
}

TEST_CASE("a place has its carbon and its water, wherever the offer stands", "[factors]") {
  struct Row {
    std::string typed;
    std::string carbon;
    std::string water;
  };
  const auto row =
      GENERATE(Row{"deu", "grid-deu", "grid-deu"}, Row{"DEU", "grid-deu", "grid-deu"},
               Row{"Germany", "grid-deu", "grid-deu"}, Row{"DE", "grid-deu", "grid-deu"},
               Row{"uk", "grid-gbr", "grid-gbr"}, Row{"aws:us-east-1", "grid-usa", "grid-usa"},
               Row{"azure:eastus", "grid-usa", "grid-usa"},
               Row{"azure:swedencentral", "grid-swe", "grid-swe"},
               Row{"united kingdom", "grid-gbr", "grid-gbr"}, Row{"Taiwan", "grid-twn", "grid-twn"},
               Row{"gcp:europe-north1", "grid-gcp-europe-north1", "grid-fin"},
               Row{"us-west1", "grid-gcp-us-west1", "grid-usa"});
  INFO(row.typed);
  GivenFactors given;
  given.grid = row.typed;
  const auto set = at(book_of(Catalog::builtin(), given), "aws", "us-east-1");
  CHECK(set.grid_carbon->id == row.carbon);
  CHECK(set.grid_water->id == row.water);
}

TEST_CASE("an unknown place is an error with near names", "[factors]") {
  struct Row {
    std::string typed;
    std::string hint;
  };
  const auto row = GENERATE(Row{"germny", "Germany"}, Row{"us-centrl1", "us-central1"},
                            Row{"gcp:us-centrl1", "gcp:us-central1"}, Row{"atlantis-9", "(deu)"},
                            Row{"aws:atlantis-1", "aws:us-east-1"});
  GivenFactors given;
  given.grid = row.typed;
  const auto book = FactorBook::read(Catalog::builtin(), given);
  REQUIRE_FALSE(book.has_value());
  CHECK(book.error().code == ErrorCode::invalid_value);
  CHECK(book.error().where == row.typed);
  INFO(book.error().hint);
  CHECK(book.error().hint.find(row.hint) != std::string::npos);
}

TEST_CASE("overlays replace factors and add them", "[factors]") {
  const auto mine = [](const std::string& id, const Edits& edits) {
    return edited(record_of("economics", id), edits);
  };
  const auto text =
      file_of("economics",
              {mine("electricity-us-residential", {{"/value", "0.31"}}),
               mine("grid-usa", {{"/carbon_kg_per_kwh", "0.3"}}),
               mine("pue-ecologits-aws", {{"/value", "1.1"}}),
               mine("pue-ccf-aws",
                    {{"/id", "\"pue-runpod\""}, {"/region", "\"runpod\""}, {"/value", "1.4"}})});
  const std::vector<Catalog::OverlayText> files{{"mine.json", text}};
  const auto catalog = Catalog::with_overlays(Catalog::builtin(), files);
  INFO((catalog ? "" : catalog.error().where + ": " + catalog.error().message));
  REQUIRE(catalog.has_value());
  const auto book = book_of(*catalog);
  CHECK(book.at_own_place()->electricity_price->value == 0.31);
  CHECK(book.at_own_place()->grid_carbon->value == 0.3);
  CHECK(book.at_own_place()->grid_water->value == 3.1321);
  CHECK(at(book, "aws", "us-east-1").pue->value == 1.1);
  CHECK(at(book, "runpod", "global").pue->value == 1.4);
  CHECK(at(book, "runpod", "global").pue->id == "pue-runpod");
}
