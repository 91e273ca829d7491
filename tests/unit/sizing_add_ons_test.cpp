// SPDX-License-Identifier: MIT
#include <string>

#include "catch.hpp"
#include "llmfit/add_ons.hpp"
#include "llmfit/placement.hpp"
#include "sizing/weight_loads.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Weights weights_of(const Model& model, Engine engine) {
  return weigh(model, *request_of(model, {"fp16"}, engine).formats.front().format).value();
}

Bytes added_by(const Model& model, const Lora& lora, Engine engine) {
  auto weights = weights_of(model, engine);
  const auto before = sizing::device_bytes(weights);
  REQUIRE(add_lora(weights, model, lora, engine).has_value());
  CHECK(weights.adapters == sizing::device_bytes(weights) - before);
  return weights.adapters;
}

Footprint footprint_of(const Model& model) {
  const auto request = request_of(model, {"q4_k_m"});
  const auto& format = *request.formats.front().format;
  const auto workload = make_workload({8192, 2, {}, {}}, Engine::llama_cpp, model, 1).value();
  return size(model, weigh(model, format).value(), workload, format,
              Catalog::builtin().engine(Engine::llama_cpp))
      .value();
}

Draft draft_of(const Model& model) {
  const auto format = *request_of(model, {"q4_k_m"}).formats.front().format;
  const auto workload = make_workload({8192, 2, {}, {}}, Engine::llama_cpp, model, 1).value();
  return size_draft(model, format, workload, Catalog::builtin().engine(Engine::llama_cpp)).value();
}

}  // namespace

TEST_CASE("an adapter has two thin matrices beside each linear layer", "[add-ons]") {
  const auto model = model_of("llama2-7b");
  // 32 layers: four matrices of 4096 x 4096, three of 4096 x 11008.
  const std::int64_t ends = 32 * (4 * (4096 + 4096) + 3 * (4096 + 11008));
  CHECK(added_by(model, {16, 1}, Engine::llama_cpp) == Bytes{2 * 16 * ends});
  CHECK(added_by(model, {16, 3}, Engine::llama_cpp) == Bytes{2 * 16 * 3 * ends});
  CHECK(added_by(model, {16, 1}, Engine::transformers) == Bytes{4 * 16 * ends});
}

TEST_CASE("vLLM holds a rank that it has kernels for", "[add-ons]") {
  const auto model = model_of("llama2-7b");
  CHECK(added_by(model, {24, 1}, Engine::vllm) == added_by(model, {32, 1}, Engine::vllm));
  auto weights = weights_of(model, Engine::vllm);
  const auto refused = add_lora(weights, model, {1024, 1}, Engine::vllm);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::invalid_value);
}

TEST_CASE("tensor parallel ranks share one half of an adapter", "[add-ons]") {
  const auto model = model_of("llama2-7b");
  auto weights = weights_of(model, Engine::vllm);
  const auto before = weights.blocks.front();
  REQUIRE(add_lora(weights, model, {16, 1}, Engine::vllm).has_value());
  const auto& block = weights.blocks.front();
  // Outputs of q, k, v, gate and up and inputs of the two others are divided.
  const std::int64_t divided = 4 * 4096 + 3 * 11008;
  const std::int64_t whole = 4 * 4096 + 3 * 4096;
  CHECK(block.sharded - before.sharded == Bytes{2 * 16 * divided});
  CHECK(block.replicated - before.replicated == Bytes{2 * 16 * whole});
}

TEST_CASE("routed experts get no adapters", "[add-ons]") {
  const auto model = model_of("mixtral-8x7b");
  const std::int64_t ends = 32 * (2 * (4096 + 4096) + 2 * (4096 + 1024));
  CHECK(added_by(model, {8, 1}, Engine::llama_cpp) == Bytes{2 * 8 * ends});
}

TEST_CASE("a projector is the towers in their type, where they are a file of their own",
          "[add-ons]") {
  const auto model = model_of("gemma3-12b");
  REQUIRE_FALSE(model.towers.empty());
  auto weights = weights_of(model, Engine::llama_cpp);
  REQUIRE(add_projector(weights, model, TensorType::f16, Engine::llama_cpp).has_value());
  CHECK(weights.projector == Bytes{2} * model.towers.front().elements.count());
  auto served = weights_of(model, Engine::vllm);
  REQUIRE(add_projector(served, model, TensorType::f16, Engine::vllm).has_value());
  CHECK(served.projector == Bytes{0});
  const auto blind = model_of("llama2-7b");
  auto none = weights_of(blind, Engine::llama_cpp);
  CHECK(add_projector(none, blind, TensorType::f16, Engine::llama_cpp).error().code ==
        ErrorCode::unsupported);
}

TEST_CASE("a draft model adds to every term but the runtime", "[add-ons]") {
  const auto model = model_of("llama3-8b");
  const auto small = model_of("llama3.2-1b");
  const auto alone = footprint_of(model);
  const auto draft = draft_of(small);
  const auto both = joined(alone, draft);
  for (const auto kind :
       {TermKind::weights, TermKind::kv_cache, TermKind::state, TermKind::compute}) {
    INFO(to_string(kind));
    CHECK(*both.of(kind) == *alone.of(kind) + *draft.footprint.of(kind));
  }
  CHECK(both.of(TermKind::runtime) == alone.of(TermKind::runtime));
  CHECK(both.host == alone.host + draft.footprint.host);
}

TEST_CASE("a draft takes from the context that a card holds", "[add-ons]") {
  const auto model = model_of("llama3.1-8b");
  const auto card_of_one = card("rtx-3060-12gb", 1);
  const auto solved = [&](bool with_draft) {
    auto request = request_of(model, {"q4_k_m"});
    request.hardware.alternatives = {card_of_one};
    if (with_draft) request.add_ons.draft = std::make_shared<Model>(model_of("llama3.2-1b"));
    auto result = fit(Catalog::builtin(), model, request);
    REQUIRE(result.has_value());
    return result->formats.front().candidates.front();
  };
  const auto alone = solved(false);
  const auto both = solved(true);
  REQUIRE(both.max_context.has_value());
  CHECK(*both.max_context < *alone.max_context);
  CHECK(both.devices.front().headroom < alone.devices.front().headroom);
}

TEST_CASE("the largest context with a draft is the largest that fits", "[add-ons]") {
  const auto model = model_of("llama3.1-8b");
  auto request = request_of(model, {"q4_k_m"});
  request.hardware.alternatives = {card("rtx-3060-12gb", 1)};
  request.add_ons.draft = std::make_shared<Model>(model_of("llama3.2-1b"));
  const auto fits_with = [&](std::int64_t context) {
    request.workload.context = context;
    return fit(Catalog::builtin(), model, request)->formats.front().candidates.front();
  };
  const auto most = *fits_with(4096).max_context;
  CHECK(fits_with(most).fits);
  CHECK_FALSE(fits_with(most + 256).fits);
}

TEST_CASE("users times context of a table are those of single questions", "[add-ons]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"q4_k_m"});
  request.hardware.alternatives = {card("rtx-3060-12gb", 1)};
  request.table = true;
  const auto result = fit(Catalog::builtin(), model, request).value();
  const auto& table = result.formats.front().table.value();
  request.table = false;
  for (std::size_t c = 0; c < table.contexts.size(); ++c) {
    for (std::size_t s = 0; s < table.sequences.size(); ++s) {
      request.workload.context = table.contexts[c];
      request.workload.sequences = table.sequences[s];
      const auto one = fit(Catalog::builtin(), model, request).value();
      const auto& candidate = one.formats.front().candidates.front();
      CHECK(table.entries[c][s].fits == candidate.fits);
      CHECK(table.entries[c][s].needed == candidate.devices.front().load.total());
    }
  }
}
