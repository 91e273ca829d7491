// SPDX-License-Identifier: MIT
#include "cost/api.hpp"

#include <cmath>

#include "catch.hpp"

using namespace llmfit;

namespace {

ApiPrice api(const std::string& provider, std::optional<double> input, std::optional<double> output,
             const std::string& model = "model") {
  return {provider, model, input, output, std::nullopt, "2026-08-21"};
}

bool is_near(std::optional<double> value, double wanted) {
  return value && std::abs(*value - wanted) <= 1e-6 * std::abs(wanted);
}

}  // namespace

TEST_CASE("a request costs its prompt and its answer", "[cost]") {
  // 512 x 0.10 / 10^6 + 128 x 0.30 / 10^6 = 0.0000512 + 0.0000384
  CHECK(is_near(cost::usd_per_request(api("a", 0.10, 0.30), {512, 128}), 0.0000896));
  CHECK(is_near(cost::usd_per_request(api("a", 0.10, std::nullopt), {1000, 0}), 0.0001));
  CHECK_FALSE(cost::usd_per_request(api("a", 0.10, std::nullopt), {512, 128}).has_value());
}

TEST_CASE("self-hosting is even with an API at the month's price over a request's", "[cost]") {
  // $365 a month over 0.0000896 are 4,073,660.7 requests of 640 tokens. Two requests a second are
  // 2 x 730 x 3,600 = 5,256,000 a month, so the hardware is busy for 77.5 % of it.
  const auto found = cost::break_even(365, api("a", 0.10, 0.30), {512, 128}, ApiCapacity{2, 1});
  CHECK(is_near(found.requests_per_month, 4073660.714286));
  CHECK(is_near(found.tokens_per_month, 2607142857.142857));
  CHECK(is_near(found.utilisation, 0.775050));
}

TEST_CASE("hardware too slow for the load of its break-even is busy for more than the month",
          "[cost]") {
  const auto found = cost::break_even(365, api("a", 0.10, 0.30), {512, 128}, ApiCapacity{1, 1});
  CHECK(is_near(found.utilisation, 1.550099));
}

TEST_CASE("there is no break-even with what is free or has no known price", "[cost]") {
  for (const auto& price : {api("a", 0.0, 0.0), api("a", 0.1, std::nullopt)}) {
    const auto found = cost::break_even(365, price, {512, 128}, ApiCapacity{2, 1});
    CHECK_FALSE(found.requests_per_month.has_value());
    CHECK_FALSE(found.tokens_per_month.has_value());
    CHECK_FALSE(found.utilisation.has_value());
  }
  const auto unknown = cost::break_even(365, api("a", 0.1, 0.3), {512, 128}, std::nullopt);
  CHECK(unknown.requests_per_month.has_value());
  CHECK_FALSE(unknown.utilisation.has_value());
}

TEST_CASE("each provider has one row, its cheapest for the mix, the cheapest first", "[cost]") {
  const std::vector<ApiPrice> prices{api("dear", 1.0, 1.0), api("unpriced", std::nullopt, 1.0),
                                     api("two", 0.1, 0.9, "answers-dear"),
                                     api("two", 0.5, 0.5, "answers-cheap")};
  const auto prompts = cost::cheapest_of_each(prices, {1000, 10});
  REQUIRE(prompts.size() == 3);
  CHECK(prompts[0].model == "answers-dear");
  CHECK(prompts[1].provider == "dear");
  CHECK(prompts[2].provider == "unpriced");
  auto turbo = api("dear", 0.1, 0.1, "model-turbo");
  turbo.name = HostedName::variant;
  CHECK(cost::cheapest_of_each({turbo, api("dear", 1.0, 1.0)}, {1, 1})[0].model == "model");
  CHECK(cost::cheapest_of_each(prices, {10, 1000})[0].model == "answers-cheap");
}
