// SPDX-License-Identifier: MIT
// Every JSON document that llmfit prints, against the schema that llmfit prints, by a validator
// that is not ours.
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "support/cli.hpp"
#include "support/logs.hpp"

using namespace llmfit::test;
using nlohmann::json;

namespace {

/// What is wrong with the document under the schema; empty: nothing.
std::string faults(const json& schema_document, const json& document) {
  valijson::Schema schema;
  valijson::SchemaParser parser;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_document);
  parser.populateSchema(schema_adapter, schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter target(document);
  std::string text;
  if (validator.validate(schema, target, &results)) return text;
  for (const auto& error : results) {
    for (const auto& part : error.context) text += part;
    text += ": " + error.description + "\n";
  }
  return text.empty() ? "invalid" : text;
}

json schema_of(const std::string& name) { return json::parse(run_line("schema " + name).out); }

}  // namespace

TEST_CASE("reports keep to the schema of reports", "[json]") {
  const auto schema = schema_of("report");
  const auto* line = GENERATE(
      "llama2-13b --quant q4 --json", "llama2-13b --json", "llama2-13b --quant all --json",
      "gpt-4 --json", "13b --json", "bert-base --json", "mamba-2.8b --json", "gpt-3 --json",
      "llama2-13b --quant fp16 --gpu v100-16gbx1 --json",
      "llama2-13b --engine vllm --quant q6 --gpu l4x1 --json",
      "llama2-13b --quant q4 --gpu cpu --json", "phi3-mini --quant q4 --gpu l4 --json",
      "llama2-13b --quant q8 --gpu rtx-3090 --gpu rtx-3060-12gb --json",
      "llama2-13b --quant q4 --gpu t4x1 --explain --json",
      "llama3.1-405b --quant fp16 --gpu h100-sxmx16 --max-gpus 16 --json",
      "check llama3-70b --quant q4 --gpu rtx-3090x2 --json",
      "check llama3-70b --quant q4 --gpu t4x2 --json",
      "llama2-13b --quant q4 --gpu graphcore-gc200x1 --json",
      "llama2-13b --quant q4 --gpu rtx-3090x1 --launch auto --json",
      "llama2-13b --quant q8 --gpu rtx-3090 --gpu rtx-3060-12gb --launch auto --json",
      "phi3-mini --quant q4 --gpu cpu --launch kubernetes --json",
      "check llama2-13b --quant fp16 --gpu t4x1 --launch auto --json",
      "bert-base --batch-job 20M --lengths 8..64 --within 24 --json",
      "llama3-8b --quant q4 --gpu l4,cpu --batch-job 9 --lengths 5 --output-tokens 0 --json",
      "llama3-8b --engine vllm --gpu l4,t4 --batch-job 9 --lengths 1..9 --slot 3 --json",
      "13b --engine params --batch-job 9 --lengths 1..9 --json",
      "check bert-base --quant fp16 --gpu t4 --batch-job 2B --lengths 9 --within 1 --json");
  INFO(line);
  const auto ran = run_line(line);
  REQUIRE_FALSE(ran.out.empty());
  CHECK(faults(schema, json::parse(ran.out)).empty());
}

TEST_CASE("comparisons of logs keep to their schema", "[json]") {
  const auto schema = schema_of("verify");
  FakeEnvironment environment;
  environment.files = retyped_logs();
  for (const auto& [name, text] : retyped_logs()) {
    INFO(name);
    const auto ran = run_line("verify " + name + " --json", environment);
    if (ran.code == 2) continue;
    CHECK(faults(schema, json::parse(ran.out)).empty());
  }
}

TEST_CASE("ranks keep to their schema", "[json]") {
  const auto schema = schema_of("rank");
  const std::string line = GENERATE("rank --gpu rtx-3090 --json", "rank --gpu cpu --limit 3 --json",
                                    "rank --gpu t4 --gpu l4 --all --limit 0 --json",
                                    "rank --gpu m60 --family deepseek-v3 --json");
  INFO(line);
  CHECK(faults(schema, json::parse(run_line(line).out)).empty());
}

TEST_CASE("listings and the export keep to the schema of catalogs", "[json]") {
  const auto schema = schema_of("catalog");
  const auto* line = GENERATE("models llama --json", "gpus --json", "offers aws --json",
                              "quants --json", "models nosuchmodel --json");
  INFO(line);
  CHECK(faults(schema, json::parse(run_line(line).out)).empty());
}

TEST_CASE("errors keep to the schema of errors", "[json]") {
  const auto schema = schema_of("error");
  const auto* line = GENERATE("nosuchmodel --json", "llama2-13b --gpu nosuch --json",
                              "--bogus --json", "llama2-13b --quant nosuch --format json");
  INFO(line);
  const auto ran = run_line(line);
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(faults(schema, json::parse(ran.error)).empty());
}

TEST_CASE("in every report the parts add up to the totals", "[json]") {
  const auto* line =
      GENERATE("llama2-13b --all --limit 0 --json", "mixtral-8x7b --json", "gpt-4 --json",
               "llama3-70b --engine vllm --json", "phi3-mini --engine transformers --json");
  INFO(line);
  const auto sum = [](const json& parts) {
    std::int64_t total = 0;
    for (const auto* key :
         {"weights_bytes", "kv_cache_bytes", "state_bytes", "compute_bytes", "runtime_bytes"}) {
      if (!parts[key].is_null()) total += parts[key].get<std::int64_t>();
    }
    return total;
  };
  const auto report = json::parse(run_line(line).out);
  for (const auto& format : report["quantizations"]) {
    CHECK(sum(format["memory"]) == format["memory"]["total_bytes"].get<std::int64_t>());
    for (const auto& configuration : format["configurations"]) {
      for (const auto& device : configuration["devices"]) {
        CHECK(sum(device) == device["total_bytes"].get<std::int64_t>());
      }
      if (configuration["fits"].get<bool>()) {
        for (const auto& device : configuration["devices"]) {
          CHECK(device["headroom_bytes"].get<std::int64_t>() >= 0);
        }
      }
    }
  }
}
