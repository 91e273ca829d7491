// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "catalog/schema.hpp"
#include "catch.hpp"
#include "render/factor_rows.hpp"
#include "render/figure.hpp"
#include "render/fit_report.hpp"
#include "render/json.hpp"
#include "render/owning_report.hpp"
#include "render/schemas.hpp"
#include "render_fixture.hpp"

using namespace llmfit;
using namespace llmfit::render;
using namespace llmfit::test;
using Json = nlohmann::ordered_json;

namespace {

Rate rate(double value) { return {value / 2, value, value * 2}; }

/// What the fixture's first configuration costs when it is bought: round figures.
void add_owning(Candidate& candidate) {
  Factor price{FactorKind::electricity_price, 0.2, "mine", "home", "a bill", "2026-08-01"};
  Owning owning;
  owning.purchase_usd = 900;
  owning.basis = PriceBasis::street;
  owning.purchase_date = "2026-08";
  owning.watts = 70;
  owning.depreciation_usd_per_hour = 0.025;
  owning.power_usd_per_hour = 0.014;
  owning.running_usd_per_month = 10.22;
  owning.usd_per_hour = 0.039;
  owning.usd_per_month = 28.47;
  owning.rent_usd_per_month = 383.98;
  owning.break_even = BreakEven::month;
  owning.break_even_months = 3;
  FactorSet factors;
  factors.electricity_price = price;
  factors.pue = Factor{FactorKind::pue, 1, {}, {}, {}, {}, true};
  owning.factors = std::make_shared<const FactorSet>(factors);
  candidate.owning = owning;
  Energy energy;
  energy.watts = 70;
  energy.server_wh = rate(1.25);
  energy.wh = rate(1.25);
  energy.litres = rate(0.00012345678);
  energy.factors = owning.factors;
  candidate.energy = energy;
}

class OwningFixture : public FitFixture {
 public:
  OwningFixture() {
    request.owning = OwningRequest{};
    add_owning(result.formats.front().candidates.front());
  }
};

std::string pair_of(const Section& section, std::string_view label) {
  for (const auto& pair : std::get<Pairs>(section.body).rows) {
    if (pair.label == label) return human(pair.value);
  }
  return "no such row";
}

}  // namespace

TEST_CASE("figures keep three digits, dollars at least cents", "[render]") {
  CHECK(figure(0) == "0");
  CHECK(figure(0.00012345) == "0.000123");
  CHECK(figure(1.2345) == "1.23");
  CHECK(figure(12.5) == "12.5");
  CHECK(figure(999.6) == "1,000");
  CHECK(figure(123456) == "123,000");
  CHECK(dollars(0) == "$0.00");
  CHECK(dollars(0.0242579) == "$0.0243");
  CHECK(dollars(0.5) == "$0.500");
  CHECK(dollars(1.5) == "$1.50");
  CHECK(dollars(40179.2) == "$40,179");
  CHECK(significant(0.123456789123) == 0.123456789);
  CHECK(significant(123456789123.0, 3) == 123000000000.0);
}

TEST_CASE("one configuration is told in pairs, with the factors it rests on", "[render]") {
  OwningFixture fixture;
  const auto sections = owning_sections(fixture.view());
  REQUIRE(sections.size() == 3);
  CHECK(sections[0].heading == "buying T4 16GB");
  CHECK(pair_of(sections[0], "purchase") == "$900.00, street price of 2026-08, the cards alone");
  CHECK(pair_of(sections[0], "breaks even") ==
        "in month 3: $900.00 + 3 × $10.22 is at most 3 × $383.98; for the cards alone: the machine "
        "around them costs more and puts it off, --purchase-usd takes the price of all");
  CHECK(pair_of(sections[1], "energy") == "1.25 Wh (0.625 to 2.5), of which 1.25 at the hardware");
  CHECK(pair_of(sections[1], "water") == "0.000123 L (0.0000617 to 0.000247)");
  CHECK(pair_of(sections[1], "CO2") == "not known");
  CHECK(pair_of(sections[2], "electricity") == "0.2 USD/kWh, home · 2026-08-01 · a bill");
  CHECK(pair_of(sections[2], "PUE") == "1, as given");
}

TEST_CASE("several formats are told in tables", "[render]") {
  OwningFixture fixture;
  fixture.result.formats.push_back(fixture.result.formats.front());
  const auto sections = owning_sections(fixture.view());
  REQUIRE(sections.size() == 4);
  CHECK(std::get<Table>(sections[0].body).rows.size() == 2);
  CHECK(std::get<Table>(sections[1].body).rows.size() == 2);
}

TEST_CASE("nothing is said of buying where nobody asks or nothing fits", "[render]") {
  FitFixture plain;
  CHECK(owning_sections(plain.view()).empty());
  OwningFixture fixture;
  auto& candidate = fixture.result.formats.front().candidates.front();
  candidate.fits = candidate.holds = false;
  CHECK(owning_sections(fixture.view()).empty());
}

TEST_CASE("what a limit alone forbids has costs", "[render]") {
  OwningFixture fixture;
  auto& candidate = fixture.result.formats.front().candidates.front();
  candidate.fits = false;
  candidate.holds = true;
  CHECK(owning_sections(fixture.view()).size() == 3);
}

TEST_CASE("a break-even after the write-off is none, and copies are named", "[render]") {
  OwningFixture fixture;
  auto& owning = *fixture.result.formats.front().candidates.front().owning;
  owning.break_even = BreakEven::not_within_life;
  owning.break_even_months = 591;
  owning.copies = 11;
  const auto sections = owning_sections(fixture.view());
  CHECK(sections[0].heading == "buying 11 copies of T4 16GB");
  CHECK(pair_of(sections[0], "breaks even") ==
        "not within its life: only in month 591, and it is written off in 4 years");
}

TEST_CASE("the end of a range says that it is one", "[render]") {
  Factor water{FactorKind::water_onsite, 1.1, "wue", "world", "a page", "2023", false, 0.18, 1.1};
  const auto text = [&] { return pair_of(factor_section({water}), "water on site"); };
  CHECK(text() == "1.1 L/kWh, the upper end of 0.18 to 1.1, world · 2023 · a page");
  water.value = 0.5;
  CHECK(text() == "0.5 L/kWh, of 0.18 to 1.1, world · 2023 · a page");
}

TEST_CASE("where the power comes from is told, and whether that is assumed", "[render]") {
  struct Row {
    GridBasis basis;
    std::string text;
  };
  const auto row = GENERATE(Row{GridBasis::known, "; grid: France"},
                            Row{GridBasis::one_of_several, "; grid: France, one of several places"},
                            Row{GridBasis::assumed, "; grid: France, assumed"},
                            Row{GridBasis::given, "; grid: France, as given"});
  OwningFixture fixture;
  FactorSet factors;
  factors.grid_carbon = Factor{FactorKind::grid_carbon, 0.04, "grid-fra", "France", {}, {}};
  factors.grid_basis = row.basis;
  fixture.result.formats.front().candidates.front().energy->factors =
      std::make_shared<const FactorSet>(factors);
  const auto where = pair_of(owning_sections(fixture.view())[1], "where");
  CHECK(where.ends_with(row.text));
}

TEST_CASE("the document with owning and energy keeps its schema", "[render]") {
  OwningFixture fixture;
  fixture.explain = true;
  const auto text = fit_json(fixture.view());
  catalog::Faults faults;
  const auto compiled = catalog::Schema::compile(Json::parse(report_schema()), faults);
  REQUIRE(compiled);
  compiled->check(Json::parse(text), faults);
  for (const auto& fault : faults) UNSCOPED_INFO(fault.pointer << ": " << fault.message);
  CHECK(faults.empty());
  const auto document = Json::parse(text);
  const auto& configurations = document.at("quantizations").at(0).at("configurations");
  CHECK(configurations.at(0).at("energy").at("litres_per_1k_tokens") == 0.00012345678);
  CHECK(configurations.at(0).at("owning").at("factors").at("electricity_price") == "mine");
  CHECK(configurations.at(1).at("owning").is_null());
}

TEST_CASE("CSV has the same figures as JSON", "[render]") {
  OwningFixture fixture;
  const auto report = fit_flat_report(fixture.view());
  const auto& table = std::get<Table>(report.sections.front().body);
  const auto cell = [&](std::string_view name) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].name == name) return raw(table.rows.front()[i]);
    }
    return std::string("no such column");
  };
  CHECK(cell("owned_usd_per_hour") == "0.039");
  CHECK(cell("break_even_months") == "3");
  CHECK(cell("wh_per_1k_tokens") == "1.25");
  CHECK(cell("litres_per_1k_tokens") == "0.00012345678");
  CHECK(cell("grams_co2_per_1k_tokens").empty());
}
