// SPDX-License-Identifier: MIT
// Self-hosting against hosted APIs, as the outputs show it.
#include <cmath>
#include <nlohmann/json.hpp>

#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::test;
using nlohmann::json;

namespace {

json answer_of(const std::string& line) {
  const auto answer = run_line(line + " --json");
  INFO(line << "\n" << answer.error);
  REQUIRE(answer.code <= 1);
  return json::parse(answer.out);
}

json format_of(const std::string& line) { return answer_of(line).at("quantizations").at(0); }

double busy_against(const json& format, const std::string& provider) {
  for (const auto& one : format.at("break_even")) {
    if (one.at("provider") == provider) return one.at("utilisation");
  }
  FAIL(provider << " was not compared");
  return 0;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("users at once serve an API's requests as so many sequences do", "[cost]") {
  const std::string line =
      "check llama3-70b --engine vllm --quant fp16 --gpu h100-sxmx8 --costs --provider aws ";
  const auto users = busy_against(format_of(line + "--users 64"), "aws");
  const auto sequences = busy_against(format_of(line + "--sequences 64"), "aws");
  CHECK(users < 1);
  CHECK(std::abs(users - sequences) <= 0.01 * sequences);
}

TEST_CASE("an API is compared with what all copies cost and serve", "[cost]") {
  const std::string line = "llama3-8b --quant fp16 --engine vllm --gpu l4 --costs --users ";
  const auto many = format_of(line + "600");
  const auto& service = many.at("configurations").at(0).at("service");
  CHECK(service.at("copies") == 11);
  CHECK(many.at("break_even").at(0).at("usd_per_month") == service.at("usd_per_month"));
  // A copy of the eleven serves as many users as one set alone does that takes so many.
  const auto one = format_of(line + std::to_string(600 / 11));
  const double ratio = busy_against(many, "aws") / busy_against(one, "aws");
  CHECK(std::abs(ratio - 1) <= 0.05);
  CHECK(has(run_line(line + "600").out, "11 copies of L4 (fp16"));
}

TEST_CASE("of a ladder the format that undercuts most APIs is told of", "[cost]") {
  const auto text = run_line("llama2-13b --costs").out;
  CHECK(has(text, "% busy"));
  CHECK_FALSE(has(text, "never: it is too slow"));
  CHECK(has(text, "From the break-even on it costs less than each of them."));
}

TEST_CASE("what is not known to be cheaper is not said to be", "[cost]") {
  const auto unknown = run_line("gpt-4 --costs --quant q4").out;
  CHECK(has(unknown, "Its speed is not known"));
  CHECK_FALSE(has(unknown, "it costs less than"));
}

TEST_CASE("what generates nothing has no answers in its load, and f16 no fewer bits",
          "[frontier]") {
  const auto text = run_line("bert-base-uncased --users 20 --frontier").out;
  CHECK(has(text, "All of it is f16. "));
  CHECK(has(text, "20 users at once, texts of 512 tokens."));
  CHECK_FALSE(has(text, "s a token"));
}

TEST_CASE("a limit on the price names the copies that cost it", "[cost]") {
  const auto text =
      run_line("llama3-8b --quant fp16 --engine vllm --gpu l4 --users 600 --max-usd-hour 0.1").out;
  CHECK(has(text, "11 copies of"));
  CHECK(has(text, "27,500"));
}
