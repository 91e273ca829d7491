// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "catch.hpp"
#include "llmfit/catalog.hpp"

using namespace llmfit;

namespace {

const Catalog& catalog() { return Catalog::builtin(); }

std::vector<std::string> ids(const std::vector<const GpuRecord*>& gpus) {
  std::vector<std::string> result;
  for (const auto* gpu : gpus) result.emplace_back(gpu->id);
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

TEST_CASE("the catalog holds what it promises", "[catalog]") {
  CHECK(catalog().models().size() >= 400);
  CHECK(catalog().gpus().size() >= 250);
  CHECK(catalog().offers().size() >= 500);
  CHECK(catalog().version().starts_with("20"));
  CHECK(catalog().prices_as_of().starts_with("20"));
}

TEST_CASE("models are found as people type them", "[catalog]") {
  struct Row {
    const char* typed;
    const char* id;
  };
  const std::vector<Row> rows = {
      {"llama2-13b", "llama2-13b"},
      {"Llama 2 13B", "llama2-13b"},
      {"LLAMA_2_13B", "llama2-13b"},
      {"meta-llama/Llama-2-13b-hf", "llama2-13b"},
      {"meta llama/llama.2.13b.hf", ""},  // a dot between digits counts
      {"llama-7b", "llama-7b"},
      {"llama-13b", "llama-13b"},
      {"llama-33b", "llama-30b"},
      {"llama-65b", "llama-65b"},
      {"alpaca-7b", "alpaca-7b"},
      {"vicuna-13b", "vicuna-13b-v1.5"},
      {"llama2-7b", "llama2-7b"},
      {"llama2-70b", "llama2-70b"},
      {"llama3-8b", "llama3-8b"},
      {"llama3-70b", "llama3-70b"},
      {"mistral-7b", "mistral-7b"},
      {"zephyr-7b", "zephyr-7b-beta"},
      {"openhermes-2.5", "openhermes-2.5-mistral-7b"},
      {"phi3-mini", "phi3-mini"},
      {"phi3-medium", "phi3-medium"},
      {"bert-base", "bert-base-uncased"},
      {"gpt-3", "gpt3-175b"},
      {"gpt-4", "gpt-4"},
      {"", ""},
      {"-_/ .", ""},
  };
  for (const auto& row : rows) {
    INFO(row.typed);
    const auto* model = catalog().find_model(row.typed);
    CHECK((model == nullptr ? "" : model->id) == row.id);
  }
}

TEST_CASE("every id, alias and repository leads to its own record", "[catalog]") {
  for (const auto& model : catalog().models()) {
    CHECK(catalog().find_model(model.id) == &model);
    for (const auto alias : model.aliases) CHECK(catalog().find_model(alias) == &model);
  }
  for (const auto& gpu : catalog().gpus()) {
    CHECK(catalog().find_gpus(gpu.id) == std::vector<const GpuRecord*>{&gpu});
    for (const auto alias : gpu.aliases) {
      CHECK(catalog().find_gpus(alias) == std::vector<const GpuRecord*>{&gpu});
    }
  }
}

TEST_CASE("a card's name is one card, a family all its variants", "[catalog]") {
  using Ids = std::vector<std::string>;
  CHECK(ids(catalog().find_gpus("NVIDIA GeForce RTX 3090")) == Ids{"rtx-3090"});
  CHECK(ids(catalog().find_gpus("3090")) == Ids{"rtx-3090"});
  CHECK(ids(catalog().find_gpus("V100 16GB")) == Ids{"v100-16gb-pcie", "v100-16gb-sxm2"});
  CHECK(ids(catalog().find_gpus("a100-80gb")) == Ids{"a100-80gb-pcie", "a100-80gb-sxm"});
  CHECK(catalog().find_gpus("v100").size() > 2);
  CHECK(catalog().find_gpus("no-such-card").empty());
  for (const char* word :
       {"m60", "v100-32gb", "t4", "a10", "h100", "rtx-3060", "graphcore-gc200"}) {
    INFO(word);
    CHECK_FALSE(catalog().find_gpus(word).empty());
  }
}

TEST_CASE("every family leads to every card that is in it", "[catalog]") {
  for (const auto& gpu : catalog().gpus()) {
    for (const auto family : gpu.families) {
      const auto found = catalog().find_gpus(family);
      CHECK(std::find(found.begin(), found.end(), &gpu) != found.end());
    }
  }
}

TEST_CASE("an unknown name suggests up to three near ones, each of another record", "[catalog]") {
  const auto model = catalog().model("lama2-13b");
  REQUIRE_FALSE(model);
  CHECK(model.error().code == ErrorCode::unknown_model);
  CHECK(model.error().message == "unknown model 'lama2-13b'");
  CHECK(model.error().hint.starts_with("did you mean 'llama2-13b'"));
  CHECK(model.error().hint.ends_with("`llmfit models QUERY` lists them"));
  CHECK(model.error().where == "lama2-13b");

  const auto gpu = catalog().gpus("rtx-309");
  REQUIRE_FALSE(gpu);
  CHECK(gpu.error().code == ErrorCode::unknown_gpu);
  CHECK(gpu.error().hint.find("'rtx-3090'") != std::string::npos);

  CHECK(catalog().model("qqqqqqqqqqqqqqqqqqqq").error().hint == "`llmfit models QUERY` lists them");
}

TEST_CASE("near names of cards are what an error suggests", "[catalog]") {
  const auto near = catalog().near_gpu_names("rtx-309");
  CHECK(std::find(near.begin(), near.end(), "rtx-3090") != near.end());
  CHECK(near.size() <= 3);
  CHECK(catalog().near_gpu_names("qqqqqqqqqqqqqqqqqqqq").empty());
}

TEST_CASE("a purchase price is the street price, else the launch price, else unknown",
          "[catalog]") {
  GpuRecord gpu;
  CHECK_FALSE(purchase_price(gpu).usd);
  gpu.msrp_usd = 900;
  gpu.street_date = "2026-07";
  CHECK(purchase_price(gpu).usd == 900.0);
  CHECK_FALSE(purchase_price(gpu).street);
  CHECK(purchase_price(gpu).date.empty());
  gpu.street_usd = 700;
  CHECK(purchase_price(gpu).usd == 700.0);
  CHECK(purchase_price(gpu).street);
  CHECK(purchase_price(gpu).date == "2026-07");
}

TEST_CASE("a hostile name is shown without control characters and not in full", "[catalog]") {
  const auto model = catalog().model("\x1b[2J\n" + std::string(100000, 'x'));
  REQUIRE_FALSE(model);
  CHECK(model.error().message.size() < 100);
  CHECK(model.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("formats and engines are found by the engine's own words", "[catalog]") {
  REQUIRE(catalog().find_format(Engine::llama_cpp, "q4_k_m") != nullptr);
  CHECK(catalog().find_format(Engine::llama_cpp, "q4_k_m")->type == TensorType::q4_k);
  CHECK(catalog().find_format(Engine::vllm, "q4_k_m") == nullptr);
  for (const auto engine : all_engines) {
    CHECK(catalog().engine(engine).engine == engine);
    CHECK(engine_from(to_string(engine)) == engine);
  }
  CHECK_FALSE(engine_from("llama"));
}

TEST_CASE("offers stand grouped by card and point at it", "[catalog]") {
  std::int32_t last = -1;
  for (const auto& offer : catalog().offers()) {
    CHECK(offer.gpu_index >= last);
    last = offer.gpu_index;
    CHECK((offer.gpu_index < 0) == offer.gpu.empty());
    if (offer.gpu_index < 0) continue;
    CHECK(catalog().gpus()[static_cast<std::size_t>(offer.gpu_index)].id == offer.gpu);
  }
}

TEST_CASE("every repository and every name is found", "[catalog]") {
  for (const auto& model : catalog().models()) {
    if (!model.hf_repo.empty()) CHECK(catalog().find_model(model.hf_repo) != nullptr);
    CHECK(catalog().find_model(model.name) != nullptr);
  }
}
