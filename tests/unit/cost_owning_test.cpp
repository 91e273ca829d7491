// SPDX-License-Identifier: MIT
// Buying against renting, with sums that one can follow on paper.
#include "cost/owning.hpp"

#include <cmath>
#include <memory>

#include "catch.hpp"
#include "cost/energy.hpp"
#include "cost/tokens.hpp"

using namespace llmfit;
using namespace llmfit::cost;

namespace {

bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), 1.0); }

const GpuRecord& card(std::string_view name) { return *Catalog::builtin().find_gpus(name).front(); }

/// Factors as a person would give them.
std::shared_ptr<const FactorBook> factors(double kwh_price, double pue) {
  GivenFactors given;
  given.electricity_price = kwh_price;
  given.pue = pue;
  return std::make_shared<const FactorBook>(*FactorBook::read(Catalog::builtin(), given));
}

std::shared_ptr<const FactorSet> shared(const FactorSet& set) {
  return std::make_shared<const FactorSet>(set);
}

Cost rented_for(double usd_per_hour) {
  Cost cost;
  cost.usd_per_hour = usd_per_hour;
  cost.usd_per_month = usd_per_hour * 730;
  return cost;
}

OwningRequest request(double kwh_price, double pue) {
  OwningRequest asked;
  asked.factors = factors(kwh_price, pue);
  return asked;
}

}  // namespace

TEST_CASE("a p5.48xlarge at its listed price makes a million tokens for $1.53", "[owning]") {
  const OfferRecord* p5 = nullptr;
  for (const auto& offer : Catalog::builtin().offers()) {
    if (offer.id == "aws-p5.48xlarge") p5 = &offer;
  }
  REQUIRE(p5 != nullptr);
  REQUIRE(p5->usd_per_hour == 55.04);
  // 10,000 tokens a second are 36 million an hour: 55.04 / 36 = 1.528888…
  CHECK(near(*usd_per_million(*p5->usd_per_hour, 10000, 1), 55.04 / 36));
  // At work 30 % of the time they are 10.8 million: 55.04 / 10.8 = 5.0962962…
  CHECK(near(*usd_per_million(*p5->usd_per_hour, 10000, 0.3), 55.04 / 10.8));
}

TEST_CASE("a bought RTX 3090 breaks even in the month that the sums say", "[owning]") {
  struct Row {
    double pue;
    double hosting;
    double rent;  ///< an hour
    std::int64_t month;
  };
  const auto row = GENERATE(
      // Power: 0.350 kW x 0.1872 = $0.06552 an hour, x 730 = $47.8296 a month.
      // Rent: 0.22 x 730 = $160.60. Saved: 112.7704 a month; 850 / 112.7704 = 7.54.
      Row{1, 0, 0.22, 8},
      // With PUE 1.58 power is $75.570768; rent 0.15 x 730 = 109.50. 850 / 33.929232 = 25.05.
      Row{1.58, 0, 0.15, 26},
      // $20 of hosting: 109.50 - 67.8296 = 41.6704; 850 / 41.6704 = 20.4.
      Row{1, 20, 0.15, 21});
  auto asked = request(0.1872, row.pue);
  asked.purchase_usd = 850;
  asked.watts = 350;
  asked.hosting_usd_month = row.hosting;
  const std::vector<GpuCount> gpus{{&card("rtx-3090"), 1}};
  const auto owning = own(gpus, rented_for(row.rent), asked, std::nullopt, 1);
  CHECK(owning.break_even == BreakEven::month);
  CHECK(owning.break_even_months == row.month);
  // What the month means: by then buying has cost no more, a month earlier it had.
  const auto bought = [&](double months) { return 850 + months * *owning.running_usd_per_month; };
  const auto months = static_cast<double>(row.month);
  CHECK(bought(months) <= months * *owning.rent_usd_per_month);
  CHECK(bought(months - 1) > (months - 1) * *owning.rent_usd_per_month);
}

TEST_CASE("an hour of owned hardware is write-off, power and hosting", "[owning]") {
  auto asked = request(0.2, 1.5);
  asked.purchase_usd = 8760;
  asked.watts = 1000;
  asked.depreciation_years = 2;
  asked.hosting_usd_month = 73;
  const auto owning = own({}, rented_for(3), asked, 1000.0, 0.5);
  // Two years are 17,520 hours of 730 x 24 months: 8,760 / 17,520 = 0.50.
  CHECK(near(*owning.depreciation_usd_per_hour, 0.5));
  // 1 kW x 1.5 x $0.2 = 0.30; 73 / 730 = 0.10; together 0.90, x 730 = 657 a month.
  CHECK(near(*owning.power_usd_per_hour, 0.3));
  CHECK(near(owning.hosting_usd_per_hour, 0.1));
  CHECK(near(*owning.usd_per_hour, 0.9));
  CHECK(near(*owning.usd_per_month, 657));
  CHECK(near(*owning.running_usd_per_month, 292));
  // 1,000 tokens a second half of the time are 1.8 million an hour: 0.9 / 1.8 = 0.50.
  CHECK(near(*owning.usd_per_million_tokens, 0.5));
}

TEST_CASE("copies that a load takes are bought, powered and rented together", "[owning]") {
  auto asked = request(0.2, 1.5);
  asked.hosting_usd_month = 73;
  Cost cost = rented_for(0.3);
  cost.purchase_usd = 2500;
  const std::vector<GpuCount> gpus{{&card("l4"), 1}};
  const auto one = own(gpus, cost, asked, 100.0, 1);
  const auto all = own(gpus, cost, asked, 1100.0, 1, 11);
  CHECK(all.copies == 11);
  CHECK(near(*all.purchase_usd, 27500));
  CHECK(near(*all.watts, 11 * *one.watts));
  CHECK(near(*all.usd_per_hour, 11 * *one.usd_per_hour));
  CHECK(near(*all.running_usd_per_month, 11 * *one.running_usd_per_month));
  CHECK(near(*all.rent_usd_per_month, 11 * *one.rent_usd_per_month));
  CHECK(near(*all.usd_per_million_tokens, *one.usd_per_million_tokens));
  CHECK(all.break_even_months == one.break_even_months);
}

TEST_CASE("cards for data centres pay a business's price, others a household's", "[owning]") {
  using Cards = std::vector<GpuCount>;
  CHECK(own_place_of(Cards{{&card("h100-sxm"), 8}}) == OwnPlace::data_centre);
  CHECK(own_place_of(Cards{{&card("l4"), 1}}) == OwnPlace::data_centre);
  CHECK(own_place_of(Cards{{&card("rtx-3090"), 1}}) == OwnPlace::home);
  CHECK(own_place_of(Cards{{&card("rtx-a6000"), 1}}) == OwnPlace::home);
  CHECK(own_place_of(Cards{{&card("rtx-3090"), 1}, {&card("l4"), 1}}) == OwnPlace::data_centre);
  CHECK(own_place_of(Cards{}) == OwnPlace::home);
  OwningRequest asked;
  asked.factors = std::make_shared<const FactorBook>(*FactorBook::read(Catalog::builtin()));
  // Eight of 700 W: 5.6 kW x 1.58 x $0.146; one of 350 W at home: 0.35 kW x 1 x $0.1872.
  const auto h100 = own(Cards{{&card("h100-sxm"), 8}}, rented_for(20), asked, std::nullopt, 1);
  CHECK(near(*h100.power_usd_per_hour, 5.6 * 1.58 * 0.146));
  const auto home = own(Cards{{&card("rtx-3090"), 1}}, rented_for(1), asked, std::nullopt, 1);
  CHECK(near(*home.power_usd_per_hour, 0.35 * 0.1872));
}

TEST_CASE("a month after the hardware is written off is no breaking even", "[owning]") {
  struct Row {
    double years;
    BreakEven verdict;
  };
  // 850 / (109.50 - 67.8296) is month 21.
  const auto row = GENERATE(Row{2, BreakEven::month}, Row{1.75, BreakEven::month},
                            Row{1.7, BreakEven::not_within_life});
  auto asked = request(0.1872, 1);
  asked.purchase_usd = 850;
  asked.watts = 350;
  asked.hosting_usd_month = 20;
  asked.depreciation_years = row.years;
  const auto owning = own({}, rented_for(0.15), asked, std::nullopt, 1);
  CHECK(owning.break_even == row.verdict);
  CHECK(owning.break_even_months == 21);
}

TEST_CASE("the month of breaking even is the first, and never where running costs the rent",
          "[owning]") {
  CHECK(break_even_month(100, 10, 20) == 10);  // 100 + 10 x 10 = 10 x 20
  CHECK(break_even_month(101, 10, 20) == 11);
  CHECK(break_even_month(1, 10, 20) == 1);
  CHECK(break_even_month(0.3, 0.1, 0.2) == 3);  // 0.3 / (0.2 - 0.1) is a hair above 3
  CHECK_FALSE(break_even_month(100, 20, 20));
  CHECK_FALSE(break_even_month(100, 30, 20));
  CHECK_FALSE(break_even_month(1e12, 10, 10 + 1e-9));
}

TEST_CASE("the month of breaking even agrees with counting months", "[owning]") {
  for (const double purchase : {1.0, 37.0, 850.0, 12345.0}) {
    for (const double running : {0.0, 7.0, 75.5, 300.0}) {
      for (const double rent : {1.0, 75.5, 109.5, 301.0}) {
        INFO(purchase << " " << running << " " << rent);
        std::optional<std::int64_t> counted;
        for (std::int64_t month = 1; month <= 20000 && !counted; ++month) {
          const auto months = static_cast<double>(month);
          if (purchase + months * running <= months * rent) counted = month;
        }
        CHECK(break_even_month(purchase, running, rent) == counted);
      }
    }
  }
}

TEST_CASE("rated power is summed over the cards, a slice's share of it", "[owning]") {
  const auto& a10 = card("a10");
  const auto& t4 = card("t4");
  REQUIRE(a10.peaks.tdp_w == 150);
  REQUIRE(t4.peaks.tdp_w == 70);
  using Cards = std::vector<GpuCount>;
  CHECK(rated_watts(Cards{{&a10, 2}, {&t4, 1}}) == 370);
  CHECK(rated_watts(Cards{{&a10, 0.5}}) == 75);
  CHECK_FALSE(rated_watts(Cards{}));
  CHECK_FALSE(rated_watts(Cards{{&card("tpu-v4"), 1}}));
  CHECK_FALSE(rated_watts(Cards{{&a10, 1}, {&card("tpu-v4"), 1}}));
}

TEST_CASE("what is not known of buying stays unknown", "[owning]") {
  const auto asked = request(0.2, 1);
  const auto host = own({}, rented_for(1), asked, 100.0, 1);
  CHECK_FALSE(host.watts);
  CHECK_FALSE(host.usd_per_hour);
  CHECK_FALSE(host.usd_per_million_tokens);
  CHECK(host.break_even == BreakEven::unknown);

  Cost cost;
  cost.purchase_usd = 1000;
  const std::vector<GpuCount> gpus{{&card("a10"), 1}};
  const auto unrented = own(gpus, cost, asked, std::nullopt, 1);
  CHECK(unrented.usd_per_hour);
  CHECK(unrented.break_even == BreakEven::unknown);
  CHECK_FALSE(unrented.usd_per_million_tokens);

  auto without = asked;
  without.factors = nullptr;
  CHECK_FALSE(own(gpus, cost, without, 100.0, 1).usd_per_hour);
}

TEST_CASE("a thousand tokens take the power of the time they take", "[owning]") {
  FactorSet there;
  const auto factor = [](double value) {
    Factor one;
    one.value = value;
    return one;
  };
  there.pue = factor(1.2);
  there.water_onsite = factor(0.5);
  there.grid_carbon = factor(0.4);
  there.grid_water = factor(3);
  // 360 W for 1,000 tokens at 100 a second: 3,600 W s = 1 Wh; at 50 twice, at 200 half of that.
  const auto energy = energy_of(360.0, Rate{50, 100, 200}, shared(there));
  CHECK(near(energy.server_wh->value, 1));
  CHECK(near(energy.server_wh->low, 0.5));
  CHECK(near(energy.server_wh->high, 2));
  CHECK(near(energy.wh->value, 1.2));
  // 0.001 kWh x (0.5 + 1.2 x 3) = 0.0041 L; 0.001 x 1.2 x 0.4 kg = 0.48 g.
  CHECK(near(energy.litres->value, 0.0041));
  CHECK(near(energy.litres->high, 0.0082));
  CHECK(near(energy.grams_co2->value, 0.48));
  CHECK(near(energy.grams_co2->low, 0.24));

  CHECK_FALSE(energy_of(std::nullopt, Rate{50, 100, 200}, shared(there)).server_wh);
  CHECK_FALSE(energy_of(360.0, std::nullopt, shared(there)).server_wh);
  CHECK_FALSE(energy_of(360.0, Rate{0, 0, 0}, shared(there)).wh);
  there.grid_water.reset();
  const auto dry = energy_of(360.0, Rate{50, 100, 200}, shared(there));
  CHECK_FALSE(dry.litres);
  CHECK(dry.grams_co2);
  there.pue.reset();
  CHECK_FALSE(energy_of(360.0, Rate{50, 100, 200}, shared(there)).wh);
}
