// SPDX-License-Identifier: MIT
// Every model of the catalog under every format: it runs, and what is printed adds up.
#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/catalog.hpp"
#include "llmfit/sizing.hpp"

using namespace llmfit;

namespace {

Bytes device_weights(const Weights& weights) {
  Bytes sum = weights.input.sharded + weights.input.replicated + weights.output.sharded +
              weights.output.replicated;
  for (const auto& block : weights.blocks) sum += block.sharded + block.replicated;
  return sum;
}

void check_terms(const Footprint& footprint) {
  Bytes sum;
  for (const auto& term : footprint.terms) {
    CHECK(term.low <= term.bytes);
    CHECK(term.bytes <= term.high);
    CHECK((term.basis == Basis::estimate || term.low == term.high));
    CHECK_FALSE(term.formula.empty());
    sum += term.bytes;
  }
  CHECK(sum == footprint.total());
  CHECK(footprint.total() > Bytes{0});
}

}  // namespace

TEST_CASE("every model in every format has terms that sum to its total", "[walk]") {
  const auto& catalog = Catalog::builtin();
  for (const auto& record : catalog.models()) {
    const auto model = make_model(record);
    INFO(record.id);
    REQUIRE(model.has_value());
    for (const auto& format : catalog.formats()) {
      INFO(to_string(format.engine) << " " << format.id);
      const auto& engine = catalog.engine(format.engine);
      const auto workload = make_workload({}, format.engine, *model, engine.utilization);
      REQUIRE(workload.has_value());
      const auto weights = weigh(*model, format);
      REQUIRE(weights.has_value());
      CHECK(weights->tensor_bytes > Bytes{0});
      const auto footprint = size(*model, *weights, *workload, format, engine);
      REQUIRE(footprint.has_value());
      check_terms(*footprint);
      CHECK(footprint->of(TermKind::weights) == device_weights(*weights));
    }
  }
}

TEST_CASE("the catalog is as large as its sources allow", "[walk]") {
  const auto& catalog = Catalog::builtin();
  CHECK(catalog.models().size() >= 400);
  CHECK(catalog.gpus().size() >= 250);
  CHECK(catalog.offers().size() >= 500);
  CHECK(catalog.economics().size() >= 800);
}

TEST_CASE("the names that people type resolve", "[walk]") {
  const auto& catalog = Catalog::builtin();
  for (const auto* name :
       {"llama-7b",    "llama-13b",  "llama-33b",  "llama-65b",      "alpaca-7b",
        "vicuna-13b",  "llama2-7b",  "llama2-13b", "llama2-70b",     "llama3-8b",
        "llama3-70b",  "mistral-7b", "zephyr-7b",  "openhermes-2.5", "phi3-mini",
        "phi3-medium", "bert-base",  "gpt-3",      "gpt-4",          "meta-llama/Llama-2-13b-hf",
        "Llama 2 13B", "LLAMA_2-13b"}) {
    INFO(name);
    CHECK(catalog.find_model(name) != nullptr);
  }
  for (const auto* name : {"m60", "t4", "a10", "rtx-3090", "3090", "graphcore-gc200", "T4"}) {
    INFO(name);
    CHECK(catalog.find_gpus(name).size() == 1);
  }
  for (const auto* name :
       {"v100", "v100-16gb", "v100-32gb", "a100", "a100-80gb", "h100", "rtx-3060"}) {
    INFO(name);
    CHECK(catalog.find_gpus(name).size() >= 2);
  }
}
