// SPDX-License-Identifier: MIT
// The rates of a configuration are the same numbers in every output format.
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/numbers.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::test;
using nlohmann::json;

namespace {

const std::string line = "llama3-8b --quant q4 --limit 6 --sequences 4 --sort fastest";

json document() {
  const auto ran = run_line(line + " --json");
  REQUIRE(ran.code == 0);
  return json::parse(ran.out);
}

std::vector<std::vector<std::string>> csv_rows() {
  const auto ran = run_line(line + " --format csv");
  REQUIRE(ran.code == 0);
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : base::split(ran.out, '\n')) {
    if (!row.empty()) rows.push_back(base::split(row.substr(0, row.find('\r')), ','));
  }
  return rows;
}

/// Three digits, as people see a rate.
std::string shown(double value) {
  if (value >= 1000) return base::grouped(std::llround(value));
  return base::fixed(value, value < 9.95 ? 2 : value < 99.5 ? 1 : 0);
}

double decode_of(const json& configuration) {
  return configuration["decode_tokens_per_second"].get<double>();
}

}  // namespace

TEST_CASE("CSV has the rates of JSON", "[cli][speed]") {
  const auto configurations = document()["quantizations"][0]["configurations"];
  const auto rows = csv_rows();
  REQUIRE(rows.size() == configurations.size() + 1);
  const auto& header = rows.front();
  const std::vector<std::pair<std::string, json::json_pointer>> columns = {
      {"decode_tokens_per_second", json::json_pointer("/decode_tokens_per_second")},
      {"decode_tokens_per_second_low", json::json_pointer("/decode_tokens_per_second_band/0")},
      {"decode_tokens_per_second_high", json::json_pointer("/decode_tokens_per_second_band/1")},
      {"prefill_tokens_per_second", json::json_pointer("/prefill_tokens_per_second")},
      {"prefill_tokens_per_second_low", json::json_pointer("/prefill_tokens_per_second_band/0")},
      {"prefill_tokens_per_second_high", json::json_pointer("/prefill_tokens_per_second_band/1")},
      {"first_token_seconds", json::json_pointer("/first_token_seconds")},
      {"throughput_tokens_per_second", json::json_pointer("/throughput_tokens_per_second")},
      {"output_token_seconds", json::json_pointer("/output_token_seconds")},
      {"usd_per_million_tokens", json::json_pointer("/cost/usd_per_million_tokens")},
  };
  for (const auto& [name, pointer] : columns) {
    const auto at = std::find(header.begin(), header.end(), name);
    INFO(name);
    REQUIRE(at != header.end());
    const auto column = static_cast<std::size_t>(at - header.begin());
    for (std::size_t i = 0; i < configurations.size(); ++i) {
      const auto& value = configurations[i][pointer];
      const auto& cell = rows[i + 1][column];
      if (value.is_null()) CHECK(cell.empty());
      if (value.is_number()) CHECK(std::stod(cell) == value.get<double>());
    }
  }
}

TEST_CASE("table, Markdown and HTML have the rates of JSON, rounded", "[cli][speed]") {
  const auto configurations = document()["quantizations"][0]["configurations"];
  FakeEnvironment wide;
  wide.variables["COLUMNS"] = "300";
  wide.width = 300;
  for (const std::string format : {"table", "markdown", "html"}) {
    const auto ran = run_line(line + " --format " + format, wide);
    REQUIRE(ran.code == 0);
    INFO(format << "\n" << ran.out);
    for (const auto& one : configurations) {
      CHECK(contains(ran.out, shown(decode_of(one))));
      const auto& band = one["decode_tokens_per_second_band"];
      CHECK(contains(ran.out, shown(band[0].get<double>()) + "-" + shown(band[1].get<double>())));
      CHECK(contains(ran.out, shown(one["throughput_tokens_per_second"].get<double>())));
    }
  }
}

TEST_CASE("JSON is in the order of speed, and each rate lies in its band", "[cli][speed]") {
  double before = 1e18;
  for (const auto& one : document()["quantizations"][0]["configurations"]) {
    CHECK(decode_of(one) <= before);
    before = decode_of(one);
    for (const std::string key :
         {"decode_tokens_per_second", "prefill_tokens_per_second", "first_token_seconds",
          "throughput_tokens_per_second", "output_token_seconds"}) {
      const auto& band = one[key + "_band"];
      INFO(key);
      CHECK(band[0].get<double>() <= one[key].get<double>());
      CHECK(one[key].get<double>() <= band[1].get<double>());
    }
    CHECK(one["limit"].is_string());
    CHECK(one["speed_basis"].is_string());
  }
}

TEST_CASE("narrow tables hide the band before the rate", "[cli][speed]") {
  for (const int width : {100, 80, 60, 40}) {
    FakeEnvironment environment;
    environment.terminal = true;
    environment.width = width;
    environment.variables["NO_COLOR"] = "1";
    const auto ran = run_line("llama3-8b --quant q4 --gpu rtx-4090", environment);
    INFO(width << "\n" << ran.out);
    CHECK(ran.code == 0);
    const auto header = ran.out.substr(ran.out.find("card "), 400);
    const auto columns = header.substr(0, header.find('\n'));
    CHECK(contains(columns, "tok/s") == (width >= 60));
    CHECK(contains(columns, "likely") == (width >= 80));
    for (const auto& row : base::split(ran.out, '\n')) {
      CHECK(base::display_width(row) <= static_cast<std::size_t>(width));
    }
  }
}

TEST_CASE("what generates nothing is rated by what it encodes", "[cli][speed]") {
  const auto ran = run_line("bert-base-uncased --quant q8_0 --gpu rtx-3090 --json");
  REQUIRE(ran.code == 0);
  const auto report = json::parse(ran.out);
  const auto& one = report["quantizations"][0]["configurations"][0];
  CHECK(one["decode_tokens_per_second"].is_null());
  CHECK(one["output_token_seconds"].is_null());
  CHECK(one["prefill_tokens_per_second"].get<double>() > 1000);
  CHECK(one["cost"]["usd_per_million_tokens"].get<double>() > 0);
  const auto has = [&](const std::string& code) {
    return std::any_of(report["notes"].begin(), report["notes"].end(),
                       [&](const json& note) { return note["code"] == code; });
  };
  CHECK(has("speed_encodes"));
}
