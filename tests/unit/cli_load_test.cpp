// SPDX-License-Identifier: MIT
// The lengths of a prompt and its answer, and the server whose speed counts.
#include <nlohmann/json.hpp>

#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::test;
using nlohmann::json;

namespace {

json answer(const std::string& line) {
  const auto ran = run_line(line + " --json");
  INFO(line << "\n" << ran.error);
  REQUIRE(ran.code == 0);
  return json::parse(ran.out);
}

const json& first(const json& document) {
  return document["quantizations"][0]["configurations"][0];
}

struct Context {
  std::string_view options;
  std::int64_t context;
};

struct Refused {
  std::string_view line;
  std::string_view says;
};

}  // namespace

TEST_CASE("a prompt and its answer make the context", "[cli]") {
  const std::vector<Context> cases = {
      {"", 4096},
      {" --input-tokens 1000 --output-tokens 300", 1300},
      {" --input-tokens 8k --output-tokens 512", 8704},
      {" --input-tokens 1000 --output-tokens 300 --context 2048", 2048},
      {" --input-tokens 1000", 4096},
      {" --output-tokens 100", 4096},
      {" --input-tokens 8000", 8128},
      {" --output-tokens 5000", 5512},
  };
  for (const auto& one : cases) {
    const auto line = "llama3.1-8b --quant q4 --gpu rtx-3090" + std::string(one.options);
    CHECK(answer(line)["workload"]["context"] == one.context);
  }
  const std::string served = "llama3.1-8b --engine vllm --quant awq --gpu rtx-3090";
  CHECK(answer(served +
               " --set max-model-len=2048 --input-tokens 500 --output-tokens 100")["workload"]
                                                                                  ["context"] ==
        2048);
  const auto text = answer("bert-base-uncased --quant q8_0 --gpu rtx-3090 --input-tokens 100");
  CHECK(text["workload"]["context"] == 100);
}

TEST_CASE("what cannot be is refused in one line", "[cli]") {
  const std::vector<Refused> cases = {
      {"llama3-8b --quant q4 --context 1000 --input-tokens 900 --output-tokens 200",
       "a context of 1,000 does not hold 900 + 200 tokens"},
      {"llama3-8b --quant q4 --context 100 --input-tokens 900", "does not hold"},
      {"llama3-8b --input-tokens 0", "--input-tokens"},
      {"llama3-8b --output-tokens -5", "--output-tokens"},
      {"llama3-8b --input-tokens 9000000000000000000", "--input-tokens"},
      {"llama3-8b --input-tokens nan", "--input-tokens"},
      {"llama3-8b --quant q4 --stack sglang", "sglang needs --engine vllm"},
      {"llama3-8b --quant q4 --stack nonsense", "--stack"},
      {"rank --gpu rtx-3090 --engine llama.cpp --stack vllm", "vllm needs --engine vllm"},
      {"rank --gpu rtx-3090 --context 100 --input-tokens 900", "does not hold"},
  };
  for (const auto& one : cases) {
    const auto ran = run_line(one.line);
    INFO(one.line << "\n" << ran.error);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(contains(ran.error, one.says));
  }
}

TEST_CASE("longer prompts are slower to start and to decode after", "[cli][speed]") {
  const auto shorter =
      answer("llama3.1-8b --quant q4 --gpu rtx-3090 --input-tokens 500 --output-tokens 100");
  const auto longer =
      answer("llama3.1-8b --quant q4 --gpu rtx-3090 --input-tokens 16k --output-tokens 100");
  const auto rate = [](const json& document, const char* key) {
    return first(document)[key].get<double>();
  };
  CHECK(rate(longer, "first_token_seconds") > 10 * rate(shorter, "first_token_seconds"));
  CHECK(rate(longer, "decode_tokens_per_second") < rate(shorter, "decode_tokens_per_second"));
}

TEST_CASE("servers that hold memory alike differ in speed", "[cli][speed]") {
  const std::string line = "llama3-8b --quant fp16 --engine vllm --gpu h100-sxm --sequences 32";
  const auto vllm = answer(line);
  const auto other = answer(line + " --stack tensorrt-llm");
  const auto key = "throughput_tokens_per_second";
  CHECK(first(vllm)[key] != first(other)[key]);
  CHECK(first(vllm)["devices"] == first(other)["devices"]);
}
