// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::test;

TEST_CASE("quants sizes the model that --model names", "[cli]") {
  const auto ran = run_line("quants awq_g32 --model llama2-7b --json");
  REQUIRE(ran.code == 0);
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json.at("schema") == "llmfit.catalog/1");
  CHECK(json.at("model") == "llama2-7b");
  const auto& record = json.at("quants").at(0);
  CHECK(record.at("id") == "awq_g32");
  CHECK(record.at("nominal_bits_per_weight") == 4.625);
  // 4 bits, and 16 + 4 for 32 inputs; 16 bits for two matrices of 4,096 x 32,000 and 65 norms.
  const std::int64_t packed = std::int64_t{32} * (4 * 4096 * 4096 + 3 * 4096 * 11008);
  const std::int64_t plain = 2 * (2 * std::int64_t{4096} * 32000 + 65 * 4096);
  CHECK(record.at("tensor_bytes") == packed / 64 * 37 + plain);
  CHECK(record.contains("sources"));
}

TEST_CASE("quants without a model has the bits of each scheme", "[cli]") {
  const auto json = nlohmann::json::parse(run_line("quants mlx_4bit --json").out);
  const auto& record = json.at("quants").at(0);
  CHECK_FALSE(json.contains("model"));
  CHECK_FALSE(record.contains("tensor_bytes"));
  CHECK(record.at("nominal_bits_per_weight") == 4.5);
}

TEST_CASE("what quants cannot size is unknown, what it cannot find is an error", "[cli]") {
  const auto json = nlohmann::json::parse(run_line("quants q8_0 --model gpt-3-175b --json").out);
  CHECK(json.at("quants").at(0).contains("tensor_bytes"));
  CHECK(run_line("quants --model no-such-model").code == 2);
  CHECK(run_line("quants no-such-format --model llama2-7b").code == 1);
  CHECK(run_line("llama2-7b --model llama2-7b").code == 2);
}

TEST_CASE("a sparsity is 2:4 or a fraction", "[cli]") {
  CHECK(run_line("llama2-7b --quant fp8 --sparsity 2:4").code == 0);
  CHECK(contains(run_line("llama2-7b --quant q4 --sparsity 0.5").out, "saves no memory"));
  CHECK(run_line("llama2-7b --quant q4 --sparsity 3:4").code == 2);
  CHECK(run_line("llama2-7b --quant q4 --sparsity 1").code == 2);
}
