// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "render/quants_report.hpp"
#include "render/render.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr QualityFigure figures[] = {{QualityMetric::kl_divergence, 0.03, "Llama 3 8B"},
                                     {QualityMetric::perplexity_increase, 2.816, "Llama 3 8B"}};
constexpr std::string_view vendors[] = {"nvidia", "amd"};

struct Sample {
  Format q4;
  Format awq;
  Format plain;
  std::vector<EngineRecord> engines = std::vector<EngineRecord>(3);
  std::vector<QuantRow> rows;

  Sample() {
    q4.id = "q4_k_m";
    q4.name = "Q4_K_M";
    q4.family = "q4";
    q4.type = TensorType::q4_k;
    q4.summary = "4 bits";
    q4.quality = figures;
    q4.json = R"({"id": "q4_k_m"})";
    awq.id = "awq";
    awq.engine = Engine::vllm;
    awq.scheme = Scheme{.millibits = 4000, .group = 128, .scale_bits = 16, .zero_bits = 4};
    awq.min_compute_capability = 75;
    awq.json = R"({"id": "awq"})";
    plain.id = "int4";
    plain.engine = Engine::params;
    plain.bytes_per_parameter = 0.5;
    plain.json = R"({"id": "int4"})";
    engines[0].engine = Engine::llama_cpp;
    engines[0].version = "v0.5.0";
    engines[0].vendors = vendors;
    engines[1].engine = Engine::vllm;
    engines[1].min_compute_capability = 70;
    engines[2].engine = Engine::params;
    rows = {{&q4, std::nullopt}, {&awq, std::nullopt}, {&plain, std::nullopt}};
  }

  [[nodiscard]] Catalog catalog() const {
    Catalog::Tables tables;
    tables.engines = engines;
    return {tables, nullptr, ""};
  }
};

Weights weights_of(std::int64_t bytes, double bits) {
  Weights weights;
  weights.tensor_bytes = Bytes{bytes};
  weights.bits_per_weight = bits;
  return weights;
}

}  // namespace

TEST_CASE("formats are listed with bits, needs, cards and published loss", "[render]") {
  const Sample sample;
  const auto report = quants_report(sample.rows, sample.catalog(), nullptr);
  const auto text = render_csv(report, {});
  CHECK(holds(text,
              "q4_k_m,llama.cpp,,q4,4.5,,2.816,ppl,Llama 3 8B,\"nvidia, amd\",Q4_K_M,"
              "4 bits\r\n"));
  CHECK(holds(text, "awq,vllm,7.5,,4.15625,,,,,,,\r\n"));
  CHECK(holds(text, "int4,params,,,4,,,,,,,\r\n"));
  const auto table = render_table(report, {std::nullopt, false, true});
  CHECK(holds(table, "llama.cpp v0.5.0 runs on cards of nvidia, amd."));
  CHECK(holds(table, "--model NAME"));
  CHECK_FALSE(holds(table, "GiB"));
}

TEST_CASE("a model's bits and size stand beside the formats that it has", "[render]") {
  Sample sample;
  Model model;
  model.id = "sample";
  model.name = "Sample 7B";
  sample.rows[0].weights = weights_of(4'000'000'000, 4.85);
  const auto report = quants_report(sample.rows, sample.catalog(), &model);
  CHECK(report.title == "3 formats of Sample 7B");
  const auto text = render_csv(report, {});
  CHECK(holds(text, "q4_k_m,llama.cpp,,q4,4.85,4000000000,"));
  CHECK(holds(text, "awq,vllm,7.5,,,,"));  // unknown, not nominal
}

TEST_CASE("the listing in JSON is the record and what was computed", "[render]") {
  Sample sample;
  Model model;
  model.id = "sample";
  sample.rows[0].weights = weights_of(4'000'000'000, 4.85);
  const auto json = nlohmann::json::parse(quants_json(sample.rows, &model));
  CHECK(json.at("model") == "sample");
  CHECK(json.at("quants").at(0).at("id") == "q4_k_m");
  CHECK(json.at("quants").at(0).at("tensor_bytes") == 4'000'000'000);
  CHECK(json.at("quants").at(1).at("tensor_bytes").is_null());
  CHECK(json.at("quants").at(1).at("nominal_bits_per_weight") == 4.15625);
  const auto bare = nlohmann::json::parse(quants_json(Sample().rows, nullptr));
  CHECK_FALSE(bare.contains("model"));
  CHECK_FALSE(bare.at("quants").at(0).contains("tensor_bytes"));
}
