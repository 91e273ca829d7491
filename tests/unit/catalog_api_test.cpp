// SPDX-License-Identifier: MIT
#include <algorithm>

#include "catalog_fixture.hpp"
#include "llmfit/api_price.hpp"
#include "support/ask.hpp"

using namespace catalog_fixture;
using namespace llmfit;
using namespace llmfit::test;

TEST_CASE("a hosted model is the same where nothing but owner and endings differ", "[catalog]") {
  struct Row {
    std::string model;
    std::string hosted;
    bool same;
  };
  const auto row = GENERATE(
      Row{"llama3.1-8b", "llama-3.1-8b-instruct", true}, Row{"llama3.1-8b", "llama3.1-8b", true},
      Row{"llama3.1-8b", "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", true},
      Row{"llama3.1-8b", "meta.llama3-1-8b-instruct-v1:0", true},
      Row{"llama3.1-8b", "llama-v3p1-8b-instruct", true},
      Row{"llama3.1-8b", "llama-3.1-8b-instant", true},
      Row{"llama3.1-8b", "meta-llama/llama-3.1-8b-instruct-bf16", true},
      Row{"llama3.1-8b", "llama-3.1-70b-instruct", false},
      Row{"llama3.1-8b", "meta-llama/llama-3-8b-instruct", false},
      Row{"llama3.1-8b", "dobby-mini-unhinged-plus-llama-3.1-8b", false},
      Row{"llama3.1-8b", "deepseek/deepseek-r1-distill-llama-8b", false},
      Row{"llama3-8b", "llama3-8b-8192", true},
      Row{"llama3-8b", "meta-llama/Llama-3-8b-chat-hf", true},
      Row{"llama3-8b", "llama3-groq-8b-8192-tool-use-preview", false},
      Row{"llama3-8b", "hermes-2-pro-llama-3-8b", false},
      Row{"llama3.3-70b", "Meta-Llama-3_3-70B-Instruct", true},
      Row{"llama3.3-70b", "llama-3.3-70b-versatile", true},
      Row{"llama2-70b", "llama2-70b-4096", true},
      Row{"llama2-13b", "meta-llama/llama-2-13b-chat", true},
      Row{"mistral-7b-v0.1", "mistralai/Mistral-7B-Instruct-v0.1", true},
      Row{"mistral-7b-v0.2", "mistral.mistral-7b-instruct-v0:2", true},
      Row{"mistral-7b", "mistralai/Mistral-7B-Instruct-v0.1", false},
      Row{"mixtral-8x7b", "mixtral-8x7b-32768", true},
      Row{"mixtral-8x7b", "mixtral-8x22b-instruct", false},
      Row{"gemma3-27b", "google/gemma-3-27b-it", true},
      Row{"gemma2-27b", "google/gemma-3-27b-it", false},
      Row{"qwen2.5-vl-72b", "qwen2p5-vl-72b-instruct", true},
      Row{"qwen2.5-72b", "qwen/qwen2.5-vl-72b-instruct", false},
      Row{"qwen3-30b-a3b", "qwen/qwen3-30b-a3b-instruct-2507", false},
      Row{"qwen3-30b-a3b-2507", "qwen/qwen3-30b-a3b-instruct-2507", true},
      Row{"qwen3-32b", "qwen.qwen3-32b-v1:0", true}, Row{"deepseek-r1", "deepseek.r1-v1:0", true},
      Row{"deepseek-r1", "deepseek-r1-0528", false}, Row{"deepseek-v3.2", "deepseek-v3p2", true},
      Row{"deepseek-v3", "deepseek/deepseek_v3", true}, Row{"glm-5", "GLM-5-Turbo", false},
      Row{"glm-4.7", "glm-4p7", true}, Row{"glm-4.7", "z-ai/glm-4.7-flash", false},
      Row{"gpt-oss-20b", "openai.gpt-oss-20b-1:0", true},
      Row{"gpt-oss-20b", "openai/gpt-oss-safeguard-20b", false},
      Row{"llama4-scout", "meta-llama/llama-4-scout-17b-16e-instruct", true},
      Row{"kimi-k2", "kimi-k2-0905-preview", false},
      Row{"mistral-large-123b", "mistral-large-2512", false},
      Row{"devstral-small-24b", "mistralai/devstral-2512", false},
      Row{"codestral-22b", "codestral-2508", false},
      Row{"magistral-small-24b", "mistral.magistral-small-2509", false},
      Row{"mistral-small-24b", "mistralai/mistral-small-24b-instruct-2501", true},
      Row{"phi3.5-mini", "microsoft/phi-3.5-mini-128k-instruct", true},
      Row{"qwen3-235b-a22b", "qwen/qwen3-235b-a22b-2507", false},
      Row{"qwen3-235b-a22b", "qwen/qwen3-235b-a22b", true},
      Row{"ministral-8b", "mistralai/ministral-8b-2512", false},
      Row{"phi4-reasoning", "phi-4-reasoning-plus", false},
      Row{"deepseek-v3.2", "deepseek/deepseek-v3.2-exp", false},
      Row{"glm4-32b-0414", "glm-4-32b", true}, Row{"kimi-k2", "kimi-k2-0711-preview", true},
      Row{"llama4-scout", "meta.llama4-scout-17b-instruct-v1:0", true},
      Row{"llama4-maverick", "meta.llama4-maverick-17b-instruct-v1:0", true},
      Row{"llama3.2-90b-vision", "meta.llama3-2-90b-instruct-v1:0", true},
      Row{"llama3.2-11b-vision", "meta.llama3-2-11b-instruct-v1:0", true});
  INFO(row.model << " hosted as " << row.hosted);
  CHECK(is_same_model(Catalog::builtin(), model_of(row.model), row.hosted) == row.same);
}

TEST_CASE("a hosted name tells whether it is a provider's variant or names no version",
          "[catalog]") {
  struct Row {
    std::string model;
    std::string hosted;
    HostedName name;
  };
  const auto row =
      GENERATE(Row{"llama3-70b", "meta-llama/Meta-Llama-3-70B-Instruct-Lite", HostedName::variant},
               Row{"llama3-70b", "meta-llama/Llama-3-70b-chat-hf", HostedName::exact},
               Row{"llama4-maverick", "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
                   HostedName::variant},
               Row{"codestral-22b", "codestral", HostedName::moving},
               Row{"command-r-35b", "command-r", HostedName::moving});
  INFO(row.model << " hosted as " << row.hosted);
  const auto found = apis_of(Catalog::builtin(), model_of(row.model));
  const auto price = std::find_if(found.begin(), found.end(),
                                  [&](const ApiPrice& one) { return one.model == row.hosted; });
  REQUIRE(price != found.end());
  CHECK(price->name == row.name);
}

TEST_CASE("an author's row that only repeats OpenRouter's price is no offer of the author",
          "[catalog]") {
  for (const auto* id : {"gpt-oss-120b", "gpt-oss-20b"}) {
    const auto found = apis_of(Catalog::builtin(), model_of(id));
    CHECK(std::none_of(found.begin(), found.end(),
                       [](const ApiPrice& price) { return price.provider == "openai"; }));
    CHECK(std::any_of(found.begin(), found.end(),
                      [](const ApiPrice& price) { return price.provider == "openrouter"; }));
  }
}

TEST_CASE("a model that the catalog lacks is matched by its own name", "[catalog]") {
  auto model = model_of("llama3.1-8b");
  model.id = "my-own-3b";
  model.name = "My Own 3B Instruct";
  CHECK(is_same_model(Catalog::builtin(), model, "me/My-Own-3B"));
  CHECK_FALSE(is_same_model(Catalog::builtin(), model, "llama-3.1-8b-instruct"));
}

TEST_CASE("every hosted price of the catalog is read with its day", "[catalog]") {
  const auto prices = api_prices(Catalog::builtin());
  CHECK(prices.size() == 720);
  for (const auto& price : prices) {
    INFO(price.provider << "/" << price.model);
    CHECK_FALSE(price.provider.empty());
    CHECK_FALSE(price.model.empty());
    CHECK_FALSE(price.as_of.empty());
    CHECK((price.input_usd || price.output_usd));
  }
}

TEST_CASE("an overlay replaces and adds hosted prices", "[catalog]") {
  const auto& builtin = Catalog::builtin();
  const auto cheaper = edited(record_of("economics", "api-cerebras-llama3.1-8b"),
                              {{"/input_usd_per_mtok", "0.01"}, {"/as_of", "\"2026-09-01\""}});
  auto own = cheaper;
  own["id"] = "api-me-llama";
  own["provider"] = "me";
  const std::vector<Catalog::OverlayText> files{
      {"mine.json", file_of("economics", {cheaper, own})}};
  const auto catalog = Catalog::with_overlays(builtin, files);
  REQUIRE(catalog.has_value());
  CHECK(api_prices(*catalog).size() == api_prices(builtin).size() + 1);
  for (const auto& name : {"cerebras/llama3.1-8b", "me/llama3.1-8b"}) {
    const auto found = find_apis(*catalog, name);
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 1);
    CHECK(found->front().input_usd == 0.01);
    CHECK(found->front().as_of == "2026-09-01");
  }
}

TEST_CASE("an API is named with or without its provider and the owner of the model", "[catalog]") {
  const auto& catalog = Catalog::builtin();
  for (const auto* name :
       {"openrouter/meta-llama/llama-3.1-8b-instruct", "OpenRouter/Llama-3.1-8B-Instruct"}) {
    const auto found = find_apis(catalog, name);
    REQUIRE(found.has_value());
    for (const auto& price : *found) CHECK(price.provider == "openrouter");
  }
  const auto all = find_apis(catalog, "gpt-oss-120b");
  REQUIRE(all.has_value());
  CHECK(all->size() > 3);
  const auto unknown = find_apis(catalog, "openai/gpt-4oo");
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == ErrorCode::unknown_model);
  CHECK(unknown.error().hint.find("gpt-4o") != std::string::npos);
}
