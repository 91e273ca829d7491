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

bool near(double a, double b) { return std::abs(a - b) <= 1e-6 * std::abs(b); }

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
  const auto* const line =
      GENERATE("--purchase-usd 0", "--purchase-usd nan", "--depreciation-years 0",
               "--depreciation-years -1", "--hosting-usd-month -1", "--kwh-price -0.1",
               "--kwh-price x", "--watts 0", "--watts 1e99", "--pue 0.99", "--pue inf", "--wue -1",
               "--grid -5", "--grid 1e9", "--grid nowhere", "--grid nan", "--grid -inf");
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

TEST_CASE("a load's copies share its money and its energy", "[cli][owning]") {
  struct Row {
    std::string line;
    bool several;
  };
  const auto row = GENERATE(
      Row{"check llama3-70b --engine vllm --quant fp16 --gpu h100-sxmx8 --costs --users 64", false},
      Row{"llama3-8b --quant fp16 --engine vllm --gpu l4 --users 600 --costs", true});
  INFO(row.line);
  const auto document = Json::parse(run_line(row.line + " --json").out);
  const auto& one = first(document);
  const auto& owning = one.at("owning");
  const auto& service = one.at("service");
  const double tokens = service.at("throughput_tokens_per_second");
  const double hourly = owning.at("usd_per_hour");
  CHECK(near(owning.at("usd_per_million_tokens"), hourly / (tokens * 3600) * 1e6));
  const auto& energy = one.at("energy");
  const double watts = energy.at("watts");
  CHECK(near(energy.at("server_wh_per_1k_tokens"), watts / (tokens * 3.6)));
  CHECK(near(owning.at("rent_usd_per_month"), service.at("usd_per_month")));
  CHECK(owning.at("copies") == service.at("copies"));
  CHECK(owning.at("purchase_usd") == service.at("purchase_usd"));
  CHECK((owning.at("copies").get<int>() > 1) == row.several);
}

TEST_CASE("the price that is given stands in the table too", "[cli][owning]") {
  const auto document = answer(" --purchase-usd 5000");
  CHECK(first(document).at("cost").at("purchase_usd") == 5000);
  CHECK(first(document).at("cost").at("purchase_basis") == "given");
  const auto table =
      run_line("llama2-13b --quant q4 --gpu rtx-3090 --purchase-usd 5000 --format csv").out;
  CHECK(table.find(",given,") != std::string::npos);
  CHECK(table.find(",street,") == std::string::npos);
}

TEST_CASE("what a limit forbids has costs too, what holds nothing says so", "[cli][owning]") {
  const auto dear =
      run_line("check llama3-8b --quant q8 --gpu rtx-3090 --max-usd-hour 0.01 --costs");
  CHECK(dear.code == 1);
  CHECK(dear.out.find("buying RTX 3090") != std::string::npos);
  const auto none = run_line("check llama3-70b --quant fp16 --gpu l4x1 --costs");
  CHECK(none.code == 1);
  CHECK(none.out.find("is not told") != std::string::npos);
}

TEST_CASE("a file of checks carries what buying costs", "[cli][owning]") {
  FakeEnvironment environment;
  environment.files["costs.json"] =
      R"({"schema": "llmfit.checks/1",
          "checks": [{"model": "llama3-8b", "quant": "q8", "gpu": "rtx-3090"}]})";
  const auto run = [&](const std::string& options) {
    return Json::parse(run_line("check --file costs.json --json" + options, environment).out)
        .at("checks")
        .at(0);
  };
  CHECK(run("").at("owning").is_null());
  const auto check = run(" --costs --kwh-price 0.3");
  CHECK(check.at("owning").at("factors").at("electricity_price") == "given");
  CHECK(check.at("energy").at("wh_per_1k_tokens").is_number());
  const auto table = run_line("check --file costs.json --costs", environment).out;
  CHECK(table.find("$/hour owned") != std::string::npos);
}

TEST_CASE("idle hours are told beside energy where there are any", "[cli][owning]") {
  const auto energy = first(answer(" --costs --utilisation 0.1")).at("energy");
  const double at_work = energy.at("wh_per_1k_tokens");
  CHECK(near(energy.at("wh_per_1k_tokens_all_hours"), 10 * at_work));
  const auto busy = answer(" --costs");
  CHECK(first(busy).at("energy").at("wh_per_1k_tokens_all_hours").is_null());
}

TEST_CASE("what only reads has no output to pay for", "[cli][owning]") {
  const auto out = run_line("bert-base-uncased --gpu l4 --quant fp16 --costs").out;
  CHECK(out.find("1,000 input tokens") != std::string::npos);
  CHECK(out.find("a million input tokens") != std::string::npos);
  CHECK(out.find("a million output tokens") == std::string::npos);
}

TEST_CASE("a value out of range is told its range", "[cli][owning]") {
  struct Row {
    std::string option;
    std::string limit;
  };
  const auto row = GENERATE(Row{"--purchase-usd", "1e12"}, Row{"--depreciation-years", "100"},
                            Row{"--hosting-usd-month", "1e12"}, Row{"--watts", "1e9"},
                            Row{"--kwh-price", "1000"}, Row{"--pue", "100"}, Row{"--wue", "1000"},
                            Row{"--grid", "100000"}, Row{"--max-usd-hour", "1e12"},
                            Row{"--max-usd-month", "1e12"});
  INFO(row.option);
  const auto request = request_of("llama2-13b " + row.option + " 1e300");
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().hint.find(row.limit) != std::string::npos);
}

TEST_CASE("without a question for it the document says null", "[cli][owning]") {
  const auto document = answer("");
  CHECK(first(document).at("owning").is_null());
  CHECK(first(document).at("energy").is_null());
  CHECK(document.at("factors").is_null());
}

TEST_CASE("a place that nobody told is said to be assumed", "[cli][owning]") {
  struct Row {
    std::string line;
    std::string code;
    bool told;
  };
  const std::string llama = "llama3-8b --quant q4 --limit 1";
  const auto row = GENERATE_COPY(
      Row{llama + " --costs --provider runpod", "grid_assumed", true},
      Row{llama + " --costs --provider scaleway", "grid_assumed", false},
      Row{llama + " --grid fra --provider runpod", "grid_assumed", false},
      Row{llama + " --costs --provider ovhcloud", "grid_one_of_several", true},
      Row{llama + " --costs --provider scaleway", "grid_one_of_several", false},
      Row{llama + " --grid deu", "electricity_price_elsewhere", true},
      Row{llama + " --grid deu --kwh-price 0.3", "electricity_price_elsewhere", false},
      Row{llama + " --grid usa", "electricity_price_elsewhere", false},
      Row{llama + " --grid 50.5", "grid_water_elsewhere", true},
      Row{llama + " --grid deu", "grid_water_elsewhere", false});
  INFO(row.line << " " << row.code);
  const auto document = Json::parse(run_line(row.line + " --json").out);
  const auto& notes = document.at("notes");
  const bool told = std::any_of(notes.begin(), notes.end(),
                                [&](const Json& note) { return note.at("code") == row.code; });
  CHECK(told == row.told);
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
