// SPDX-License-Identifier: MIT
// The options of buying, power, water and carbon, from the command line to the answer.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/request.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view rtx = "check llama3-8b --quant q8 --gpu rtx-3090 --json";

Json answer(const std::string& options) {
  const auto outcome = run_line(std::string(rtx) + options);
  INFO(outcome.error);
  return Json::parse(outcome.out);
}

const Json& first(const Json& document) {
  return document.at("quantizations").at(0).at("configurations").at(0);
}

}  // namespace

TEST_CASE("nothing of buying is computed unless an option asks", "[cli][owning]") {
  CHECK_FALSE(request_of("llama2-13b")->owning);
  CHECK_FALSE(request_of("llama2-13b --spot")->owning);
  for (const char* option :
       {"--costs", "--purchase-usd 850", "--depreciation-years 3", "--hosting-usd-month 0",
        "--kwh-price 0.2", "--watts 400", "--pue 1", "--wue 0", "--grid deu", "--grid 350"}) {
    INFO(option);
    const auto request = request_of(std::string("llama2-13b ") + option);
    REQUIRE(request.has_value());
    CHECK(request->owning);
  }
}

TEST_CASE("options of buying are read into the request", "[cli][owning]") {
  const auto request = request_of(
      "llama2-13b --purchase-usd 850.5 --depreciation-years 2.5 --hosting-usd-month 40 --watts 420 "
      "--kwh-price 0.25 --pue 1.1 --wue 0.3 --grid 120");
  REQUIRE(request.has_value());
  const auto& owning = *request->owning;
  CHECK(owning.purchase_usd == 850.5);
  CHECK(owning.depreciation_years == 2.5);
  CHECK(owning.hosting_usd_month == 40);
  CHECK(owning.watts == 420);
  const auto factors = *owning.factors->at_own_place();
  CHECK(factors.electricity_price->value == 0.25);
  CHECK(factors.pue->value == 1.1);
  CHECK(factors.water_onsite->value == 0.3);
  CHECK(factors.grid_carbon->value == 0.12);
  CHECK(request_of("llama2-13b --costs")->owning->depreciation_years == 4);
}

TEST_CASE("values that cannot be are refused", "[cli][owning]") {
  const auto* const line = GENERATE(
      "--purchase-usd 0", "--purchase-usd nan", "--depreciation-years 0", "--depreciation-years -1",
      "--hosting-usd-month -1", "--kwh-price -0.1", "--kwh-price x", "--watts 0", "--watts 1e99",
      "--pue 0.99", "--pue inf", "--wue -1", "--grid -5", "--grid 1e9", "--grid nowhere");
  INFO(line);
  const auto request = request_of(std::string("llama2-13b ") + line);
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().code == ErrorCode::invalid_value);
  CHECK(request.error().where == line);
  CHECK_FALSE(request.error().hint.empty());
}

TEST_CASE("the document tells what buying costs and what it rests on", "[cli][owning]") {
  const auto document =
      answer(" --purchase-usd 850 --watts 350 --kwh-price 0.1872 --pue 1 --grid deu --explain");
  const auto& owning = first(document).at("owning");
  CHECK(owning.at("purchase_basis") == "given");
  CHECK(owning.at("power_usd_per_hour") == 0.06552);
  CHECK(owning.at("running_usd_per_month") == 47.8296);
  CHECK(owning.at("factors").at("pue") == "given");
  // The first month in which 850 + m x running is no more than m x rent.
  const auto rent = owning.at("rent_usd_per_month").get<double>();
  REQUIRE(owning.at("break_even") == "month");
  const auto month = owning.at("break_even_months").get<double>();
  CHECK(850 + month * 47.8296 <= month * rent);
  CHECK(850 + (month - 1) * 47.8296 > (month - 1) * rent);
  const auto& energy = first(document).at("energy");
  CHECK(energy.at("watts_basis") == "given");
  CHECK(energy.at("wh_per_1k_tokens") == energy.at("server_wh_per_1k_tokens"));
  CHECK(energy.at("factors").at("grid_carbon") == "grid-deu");
  const auto grams = energy.at("grams_co2_per_1k_tokens").get<double>();
  CHECK(std::abs(grams / energy.at("wh_per_1k_tokens").get<double>() - 0.34414) < 1e-6);
  CHECK(document.at("factors").size() == 5);
  CHECK_FALSE(document.at("cost_formulas").empty());
}

TEST_CASE("without a question for it the document says null", "[cli][owning]") {
  const auto document = answer("");
  CHECK(first(document).at("owning").is_null());
  CHECK(first(document).at("energy").is_null());
  CHECK(document.at("factors").is_null());
}

TEST_CASE("old street and electricity prices are warned of", "[cli][owning]") {
  const auto codes = [](const Json& document) {
    std::vector<std::string> list;
    for (const auto& note : document.at("notes")) list.push_back(note.at("code"));
    return list;
  };
  const auto has = [](const std::vector<std::string>& list, std::string_view code) {
    return std::find(list.begin(), list.end(), code) != list.end();
  };
  const auto plain = codes(answer(""));
  CHECK_FALSE(has(plain, "street_price_old"));
  CHECK_FALSE(has(plain, "electricity_price_old"));
  const auto costs = codes(answer(" --costs"));
  CHECK(has(costs, "street_price_old"));
  CHECK(has(costs, "electricity_price_old"));
  const auto given = codes(answer(" --purchase-usd 800 --kwh-price 0.2"));
  CHECK_FALSE(has(given, "street_price_old"));
  CHECK_FALSE(has(given, "electricity_price_old"));
}
