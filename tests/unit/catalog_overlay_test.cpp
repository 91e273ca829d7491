// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "catalog_fixture.hpp"
#include "catch.hpp"

using namespace catalog_fixture;
using namespace llmfit;

namespace {

/// The built-in catalog with these files over it.
Catalog overlaid(const std::vector<std::string>& texts) {
  std::vector<Catalog::OverlayText> files;
  for (const auto& text : texts) files.push_back({"mine.json", text});
  auto result = Catalog::with_overlays(Catalog::builtin(), files);
  INFO((result ? "" : result.error().where + ": " + result.error().message));
  REQUIRE(result);
  return *result;
}

std::size_t count(const Catalog& catalog, std::string_view id) {
  return static_cast<std::size_t>(
      std::count_if(catalog.models().begin(), catalog.models().end(),
                    [id](const ModelRecord& model) { return model.id == id; }));
}

}  // namespace

TEST_CASE("an overlay adds a model under all its names", "[catalog]") {
  auto record = own_model("llama2-7b", "mine-7b");
  record["aliases"] = {"Our Model"};
  record["hf_repo"] = "me/mine-7b";
  const auto catalog = overlaid({file_of("models", {record})});
  const auto* model = catalog.find_model("ourmodel");
  REQUIRE(model != nullptr);
  CHECK(model->id == "mine-7b");
  CHECK(model->from_overlay);
  CHECK(catalog.find_model("me/Mine-7B") == model);
  CHECK(catalog.models().size() == Catalog::builtin().models().size() + 1);
  CHECK(catalog.version() != Catalog::builtin().version());
  CHECK(catalog.version().starts_with(Catalog::builtin().version()));
  CHECK(Catalog::builtin().find_model("mine-7b") == nullptr);
  CHECK_FALSE(catalog.find_model("llama2-7b")->from_overlay);
}

TEST_CASE("an overlay replaces a whole record in its place", "[catalog]") {
  const auto record = edited(record_of("models", "llama2-7b"),
                             {{"/context_length", "8192"}, {"/aliases", "[\"seven\"]"}});
  const auto catalog = overlaid({file_of("models", {record})});
  const auto* model = catalog.find_model("llama2-7b");
  REQUIRE(model != nullptr);
  CHECK(model->context_length == 8192);
  CHECK(model->from_overlay);
  CHECK(catalog.find_model("seven") == model);
  CHECK(count(catalog, "llama2-7b") == 1);
  const auto place = model - catalog.models().data();
  CHECK(Catalog::builtin().models()[static_cast<std::size_t>(place)].id == "llama2-7b");
  for (const auto alias : Catalog::builtin().find_model("llama2-7b")->aliases) {
    INFO(alias);
    CHECK(catalog.find_model(alias) != model);
  }
}

TEST_CASE("later overlays go over earlier ones", "[catalog]") {
  const auto at = [](const char* tokens) {
    return file_of("models",
                   {edited(own_model("llama2-7b", "mine-7b"), {{"/context_length", tokens}})});
  };
  CHECK(overlaid({at("100"), at("200")}).find_model("mine-7b")->context_length == 200);
  CHECK(count(overlaid({at("100"), at("200")}), "mine-7b") == 1);
}

TEST_CASE("an overlay brings a card, its family and its offers", "[catalog]") {
  Json file;
  file["schema"] = "llmfit.catalog/1";
  file["gpus"] = {edited(record_of("gpus", "t4"), {{"/id", "\"my-card\""},
                                                   {"/name", "\"My Card\""},
                                                   {"/aliases", "[]"},
                                                   {"/families", "[\"v100\", \"our-cards\"]"}})};
  file["offers"] = {edited(record_of("offers", "aws-g4dn.xlarge"), {{"/id", "\"me-1\""},
                                                                    {"/provider", "\"me\""},
                                                                    {"/as_of", "\"2031-01-01\""},
                                                                    {"/gpu", "\"my-card\""}})};
  const auto catalog = overlaid({file.dump()});
  REQUIRE(catalog.find_gpus("Our Cards").size() == 1);
  const auto* card = catalog.find_gpus("Our Cards")[0];
  CHECK(card->id == "my-card");
  CHECK(catalog.find_gpus("v100").size() == Catalog::builtin().find_gpus("v100").size() + 1);
  const auto& offer = catalog.offers().back();  // grouped by card, and this card is the last
  CHECK(offer.id == "me-1");
  CHECK(&catalog.gpus()[static_cast<std::size_t>(offer.gpu_index)] == card);
  CHECK(catalog.prices_as_of() == "2031-01-01");
}

TEST_CASE("an overlay replaces formats by engine and id, engines and figures by id", "[catalog]") {
  Json file;
  file["schema"] = "llmfit.catalog/1";
  file["quants"] = {edited(record_of("quants", "q4_k_m"), {{"/name", "\"Mine\""}})};
  file["engines"] = {edited(record_of("engines", "vllm"), {{"/utilization", "0.5"}})};
  file["economics"] = {
      edited(record_of("economics", "api-anthropic-claude-2"), {{"/note", "\"mine\""}})};
  const auto catalog = overlaid({file.dump()});
  const auto& builtin = Catalog::builtin();
  CHECK(catalog.find_format(Engine::llama_cpp, "q4_k_m")->name == "Mine");
  CHECK(catalog.engine(Engine::vllm).utilization == 0.5);
  CHECK(catalog.formats().size() == builtin.formats().size());
  CHECK(catalog.engines().size() == builtin.engines().size());
  REQUIRE(catalog.economics().size() == builtin.economics().size());
  const auto is_mine = [](std::string_view json) {
    return json.find("\"note\":\"mine\"") != std::string_view::npos;
  };
  CHECK(std::count_if(catalog.economics().begin(), catalog.economics().end(), is_mine) == 1);
}

TEST_CASE("records outlive the text and the catalog that they came from", "[catalog]") {
  std::optional<Catalog> result;
  {
    const auto first = overlaid({file_of("models", {own_model("llama2-7b", "mine-7b")})});
    const std::string text = file_of("models", {own_model("llama2-13b", "mine-13b")});
    const std::vector<Catalog::OverlayText> files = {{"b.json", text}};
    result = *Catalog::with_overlays(first, files);
  }
  REQUIRE(result->find_model("mine-7b") != nullptr);
  CHECK(result->find_model("mine-7b")->architecture->layer_kinds == std::string(32, 'F'));
  CHECK(result->find_model("mine-13b")->architecture->dims.hidden_size == 5120);
}

TEST_CASE("a broken overlay is one error that names file, place and the way to see all",
          "[catalog]") {
  const auto refuse = [](const std::string& text) {
    const std::vector<Catalog::OverlayText> files = {{"my catalog.json", text}};
    const auto result = Catalog::with_overlays(Catalog::builtin(), files);
    REQUIRE_FALSE(result);
    return result.error();
  };
  const auto error = refuse(file_of(
      "models", {edited(own_model("llama2-7b", "mine-7b"), {{"/gated", "3"}, {"/name", "1"}})}));
  CHECK(error.code == ErrorCode::invalid_catalog);
  CHECK(error.where == "my catalog.json: /models/0/name");
  CHECK(error.message == "must be a string, not 1 (and 1 more)");
  CHECK(error.hint == "`llmfit catalog validate my catalog.json` lists every fault");
  CHECK(refuse(R"({"schema": "llmfit.catalog/1", "\u001b[2J": 1})").where ==
        "my catalog.json: /\\x1b[2J");
  CHECK(refuse("{").code == ErrorCode::invalid_file);
  CHECK(refuse("null").code == ErrorCode::invalid_catalog);
  CHECK(refuse("{").where == "my catalog.json");
  CHECK(refuse("{").message.starts_with("not valid JSON at byte 1"));
}

TEST_CASE("the exported catalog is valid and changes nothing as an overlay", "[catalog]") {
  const auto& builtin = Catalog::builtin();
  const auto text = export_catalog(builtin);
  CHECK(validate_catalog(builtin, text).empty());
  const auto catalog = overlaid({text});
  CHECK(export_catalog(catalog) == text);
  CHECK(catalog.version() == builtin.version());
  CHECK(catalog.prices_as_of() == builtin.prices_as_of());
  CHECK(std::none_of(catalog.models().begin(), catalog.models().end(),
                     [](const ModelRecord& model) { return model.from_overlay; }));
}

TEST_CASE("an exported overlay gives the same catalog again", "[catalog]") {
  const auto record = edited(record_of("models", "llama2-7b"), {{"/context_length", "8192"}});
  const auto catalog = overlaid({file_of("models", {own_model("llama2-13b", "mine-13b"), record})});
  CHECK(export_catalog(overlaid({export_catalog(catalog)})) == export_catalog(catalog));
}

TEST_CASE("without overlays the catalog is the base", "[catalog]") {
  const auto catalog = overlaid({});
  CHECK(catalog.models().data() == Catalog::builtin().models().data());
  CHECK(catalog.version() == Catalog::builtin().version());
}
