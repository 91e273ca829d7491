// SPDX-License-Identifier: MIT
#include <algorithm>

#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

TEST_CASE("textbook verdicts: which cards hold Llama 2 13B and Llama 3 70B", "[fit]") {
  struct Row {
    std::string model;
    std::string format;
    std::string gpu;
    int count;
    bool fits;
  };
  const auto row = GENERATE(
      Row{"llama2-13b", "fp16", "v100-16gb", 1, false},
      Row{"llama2-13b", "fp16", "v100-16gb", 2, true},
      Row{"llama2-13b", "fp16", "a100-80gb", 1, true}, Row{"llama2-13b", "q4", "t4", 1, true},
      Row{"llama2-13b", "q4", "m60", 1, false}, Row{"llama3-70b", "q4", "rtx-3090", 2, true},
      Row{"llama3-70b", "q4", "t4", 2, false});
  INFO(row.model << " " << row.format << " on " << row.count << " x " << row.gpu);
  const auto result = ask(row.model, row.format, card(row.gpu, row.count));
  CHECK(result.any_fits == row.fits);
  for (const auto& candidate : result.formats.front().candidates) {
    CHECK(candidate.fits == row.fits);
    CHECK(candidate.devices.size() == static_cast<std::size_t>(row.count));
    if (!row.fits) CHECK(candidate.reason == Reason::out_of_memory);
  }
}

TEST_CASE("a family name stands for every variant", "[fit]") {
  const auto result = ask("llama2-13b", "fp16", card("v100-16gb", 2));
  CHECK(result.formats.front().candidates.size() >= 2);
}

TEST_CASE("an offer holds at least the cards of its set and is the cheapest that does", "[fit]") {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"fp16"});
  request.limit = 0;
  request.all = true;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  for (const auto& candidate : result->formats.front().candidates) {
    if (candidate.cost.offer == nullptr || candidate.gpus.empty()) continue;
    const auto& offer = *candidate.cost.offer;
    const double per_machine = std::min(candidate.gpus.front().count, 8.0);
    INFO(offer.id);
    CHECK(offer.gpu == candidate.gpus.front().gpu->id);
    CHECK(offer.gpu_count >= per_machine);
    CHECK(offer.status != OfferStatus::superseded);
    for (const auto& other : Catalog::builtin().offers()) {
      const bool comparable = other.gpu == offer.gpu && other.status == OfferStatus::listed &&
                              other.gpu_count >= per_machine &&
                              (per_machine < 1) == (other.gpu_count < 1);
      if (comparable && other.usd_per_hour && candidate.cost.usd_per_hour) {
        CHECK(*other.usd_per_hour * candidate.cost.machines >= *candidate.cost.usd_per_hour);
      }
    }
  }
}

TEST_CASE("without --all each card is listed once, in the smallest set that fits", "[fit]") {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"fp16"});
  request.limit = 0;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  std::vector<std::string_view> whole;
  for (const auto& candidate : result->formats.front().candidates) {
    CHECK(candidate.fits);
    if (candidate.gpus.empty() || candidate.gpus.front().count < 1) continue;
    whole.push_back(candidate.gpus.front().gpu->id);
  }
  std::sort(whole.begin(), whole.end());
  CHECK(std::adjacent_find(whole.begin(), whole.end()) == whole.end());
}

TEST_CASE("order: cheapest first, unknown prices last", "[fit]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"q4"});
  request.limit = 0;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  double before = 0;
  for (const auto& candidate : result->formats.front().candidates) {
    const auto* offer = candidate.cost.offer;
    if (offer != nullptr && offer->status == OfferStatus::retired) continue;
    const double price = candidate.cost.usd_per_hour.value_or(1e18);
    CHECK(price >= before);
    before = price;
  }
}

TEST_CASE("a slice of a card is its own hardware with its own memory", "[fit]") {
  const auto model = model_of("phi3-mini");
  auto request = request_of(model, {"q4"});
  request.hardware.alternatives = {card("l4")};
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  bool sliced = false;
  for (const auto& candidate : result->formats.front().candidates) {
    if (candidate.gpus.empty() || candidate.gpus.front().count >= 1) continue;
    sliced = true;
    REQUIRE(candidate.cost.offer != nullptr);
    CHECK(candidate.cost.offer->gpu_count == candidate.gpus.front().count);
    CHECK(candidate.devices.front().usable <= gib(13));
    CHECK_FALSE(candidate.cost.purchase_usd.has_value());
  }
  CHECK(sliced);
}

TEST_CASE("more than eight cards are whole machines of eight", "[fit]") {
  const auto model = model_of("llama3.1-405b");
  auto request = request_of(model, {"fp16"});
  request.hardware.max_gpus = 16;
  request.hardware.alternatives = {card("h100-sxm")};
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  REQUIRE(result->any_fits);
  const auto& candidate = result->formats.front().candidates.front();
  CHECK(candidate.gpus.front().count == 16);
  CHECK(candidate.split.nodes == 2);
  CHECK(has_note(*result, NoteCode::nodes_need_network));
}

TEST_CASE("a context above the model's limit is computed, and the answer is no", "[fit]") {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"q4"});
  request.workload.context = 8192;
  request.hardware.alternatives = {card("a100-80gb", 1)};
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  CHECK_FALSE(result->any_fits);
  const auto& candidate = result->formats.front().candidates.front();
  CHECK(candidate.reason == Reason::context_exceeds_model);
  CHECK_FALSE(candidate.devices.empty());
  CHECK(has_note(*result, NoteCode::context_exceeds_model));
}

TEST_CASE("a budget that nothing keeps turns a yes into a no", "[fit]") {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"q4"});
  request.hardware.alternatives = {card("a100-80gb", 1)};
  request.offers.max_usd_hour = 0.01;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  CHECK_FALSE(result->any_fits);
  CHECK(result->formats.front().candidates.front().reason == Reason::over_budget);
}

TEST_CASE("spot prices and providers filter the offers", "[fit]") {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"q4"});
  request.limit = 0;
  request.offers.providers = {"azure"};
  request.offers.term = RentalTerm::spot;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  REQUIRE(result->any_fits);
  for (const auto& candidate : result->formats.front().candidates) {
    REQUIRE(candidate.cost.offer != nullptr);
    CHECK(candidate.cost.offer->provider == "azure");
    CHECK(candidate.cost.term == RentalTerm::spot);
    CHECK(candidate.cost.usd_per_hour == candidate.cost.offer->usd_per_hour_spot);
  }
}

TEST_CASE("cards that no engine runs on are a reasoned no", "[fit]") {
  const auto result = ask("llama2-13b", "q4", card("graphcore-gc200", 1));
  CHECK_FALSE(result.any_fits);
  CHECK(result.formats.front().candidates.front().reason == Reason::engine_unsupported);
  CHECK(has_note(result, NoteCode::engine_unsupported));
}

TEST_CASE("host memory alone is matched with CPU machines", "[fit]") {
  const auto result = ask("phi3-mini", "q4", CardChoice{"cpu", {}, std::nullopt});
  REQUIRE(result.any_fits);
  const auto& candidate = result.formats.front().candidates.front();
  CHECK(candidate.gpus.empty());
  REQUIRE(candidate.cost.offer != nullptr);
  CHECK(candidate.cost.offer->gpu.empty());
  CHECK(candidate.devices.front().load.total() <= candidate.devices.front().usable);
}

TEST_CASE("a no comes with changes that were computed", "[fit]") {
  const auto result = ask("llama2-13b", "fp16", card("v100-16gb", 1));
  CHECK(has_note(result, NoteCode::nothing_fits));
  for (const auto lever : {Lever::format, Lever::cards, Lever::card}) {
    const auto found = std::find_if(result.changes.begin(), result.changes.end(),
                                    [&](const Change& change) { return change.lever == lever; });
    INFO(to_string(lever));
    REQUIRE(found != result.changes.end());
    CHECK(found->candidate.fits);
    CHECK(text(*found).find(found->option) != std::string::npos);
  }
}

TEST_CASE("a family of which some variants fit is a yes for some and no for check", "[fit]") {
  const auto model = model_of("qwen2.5-14b");
  auto request = request_of(model, {"f16"});
  request.hardware.alternatives = {card("v100", 1)};
  request.limit = 1;  // what is shown does not change the verdict
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  CHECK(result->any_fits);
  CHECK_FALSE(result->formats.front().every_variant_fits);
  request.hardware.alternatives = {card("v100", 1), card("v100-32gb", 1)};
  CHECK(fit(Catalog::builtin(), model, request)->formats.front().every_variant_fits);
}

TEST_CASE("a state that an engine keeps in an unknown way is unknown, not zero", "[fit]") {
  const auto result = ask("deepseek-v4-flash", "fp8", card("h200-sxm", 4));
  const auto& format = result.formats.front();
  CHECK_FALSE(format.footprint->of(TermKind::kv_cache).has_value());
  CHECK_FALSE(format.footprint->of(TermKind::state).has_value());
  CHECK_FALSE(format.candidates.front().max_context.has_value());
  CHECK(has_note(result, NoteCode::cache_not_known));
}

TEST_CASE("each sequence has a state of its own, which limits their number", "[fit]") {
  const auto result = ask("codestral-mamba-7b", "q8_0", card("rtx-4090", 1));
  const auto& candidate = result.formats.front().candidates.front();
  REQUIRE(candidate.max_sequences.has_value());
  CHECK(candidate.max_sequences < 100);  // 263.5 MiB each, and 24 GiB in all
  CHECK(candidate.max_sequences > 20);
}
