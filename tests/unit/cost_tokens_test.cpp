// SPDX-License-Identifier: MIT
#include "cost/tokens.hpp"

#include <cmath>

#include "catch.hpp"
#include "llmfit/catalog.hpp"

using namespace llmfit;

namespace {

bool is_near(std::optional<double> value, double wanted) {
  return value && std::abs(*value - wanted) <= 1e-6 * std::abs(wanted);
}

double listed_price(std::string_view id) {
  for (const auto& offer : Catalog::builtin().offers()) {
    if (offer.id == id) return offer.usd_per_hour.value_or(0);
  }
  return 0;
}

}  // namespace

TEST_CASE("a p5.48xlarge at its listed price and a stated rate has this price of a million tokens",
          "[cost]") {
  const double price = listed_price("aws-p5.48xlarge");
  REQUIRE(price == 55.04);
  // 10,000 tokens a second are 36 million an hour: 55.04 / 36.
  CHECK(is_near(cost::usd_per_million(price, 10000, 1), 1.5288889));
  // 30 % of the hour makes 10.8 million: 55.04 / 10.8.
  CHECK(is_near(cost::usd_per_million(price, 10000, 0.3), 5.0962963));
  // 25 tokens a second are 90,000 an hour: 55.04 / 0.09.
  CHECK(is_near(cost::usd_per_million(price, 25, 1), 611.5555556));
}

TEST_CASE("a request costs its part of the hour", "[cost]") {
  // $3.60 an hour is a tenth of a cent a second; two requests a second halve that.
  CHECK(is_near(cost::usd_each(3.6, 2, 1), 0.0005));
  CHECK(is_near(cost::usd_each(3.6, 2, 0.5), 0.001));
}

TEST_CASE("what makes nothing has no price of a token", "[cost]") {
  CHECK_FALSE(cost::usd_per_million(55.04, 0, 1).has_value());
  CHECK_FALSE(cost::usd_each(55.04, 0, 1).has_value());
}
