// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Footprint footprint_of(const Model& model, const Weights& weights, const Workload& workload) {
  const auto footprint = size(model, weights, workload, Format{}, engine_record(workload.engine));
  REQUIRE(footprint.has_value());
  return *footprint;
}

bool has(const Footprint& footprint, TermKind kind) { return footprint.of(kind).has_value(); }

}  // namespace

TEST_CASE("terms stand in order, explain themselves and add up", "[footprint]") {
  const auto engine =
      GENERATE(Engine::llama_cpp, Engine::vllm, Engine::transformers, Engine::params);
  const auto model = llama2_13b();
  const auto footprint =
      footprint_of(model, even_weights(model, mib(300), mib(312)), workload_of(engine));
  INFO(to_string(engine));
  Bytes sum;
  int previous = -1;
  for (const auto& term : footprint.terms) {
    CHECK(static_cast<int>(term.kind) > previous);
    previous = static_cast<int>(term.kind);
    CHECK_FALSE(term.formula.empty());
    CHECK_FALSE(term.source.empty());
    if (term.basis == Basis::exact) CHECK((term.low == term.bytes && term.high == term.bytes));
    CHECK((term.low <= term.bytes && term.bytes <= term.high));
    sum += term.bytes;
  }
  CHECK(sum == footprint.total());
  CHECK(footprint.of(TermKind::weights) == mib(300) * 40 + mib(312));
  CHECK(footprint.of(TermKind::kv_cache) == Bytes{3'355'443'200});
  CHECK(footprint.of(TermKind::state) == Bytes{0});
}

TEST_CASE("what is not known is absent, not zero", "[footprint]") {
  const auto sized = by_size(1'000'000'000);
  Weights weights;
  weights.blocks.push_back({gib(2), {}, {}, {}});
  for (const auto engine : all_engines) {
    const auto footprint = footprint_of(sized, weights, workload_of(engine));
    INFO(to_string(engine));
    CHECK(has(footprint, TermKind::weights));
    CHECK(has(footprint, TermKind::runtime));
    CHECK_FALSE(has(footprint, TermKind::kv_cache));
    CHECK_FALSE(has(footprint, TermKind::state));
    CHECK_FALSE(has(footprint, TermKind::compute));
  }
  auto hybrid = llama2_13b();
  hybrid.layers.front().kind = LayerKind::mamba;
  const auto footprint =
      footprint_of(hybrid, even_weights(hybrid, mib(1), mib(1)), workload_of(Engine::mlx));
  CHECK_FALSE(has(footprint, TermKind::state));
  CHECK(has(footprint, TermKind::kv_cache));
}

TEST_CASE("the params rule is weights and a fifth, and no engine's buffers", "[footprint]") {
  const auto model = by_size(13'000'000'000);
  Weights weights;
  weights.blocks.push_back({Bytes{52'000'000'000}, {}, {}, {}});
  const auto footprint = footprint_of(model, weights, workload_of(Engine::params));
  CHECK(footprint.of(TermKind::weights) == Bytes{52'000'000'000});
  CHECK(footprint.of(TermKind::runtime) == Bytes{10'400'000'000});
  CHECK(footprint.total() == Bytes{62'400'000'000});
}

TEST_CASE("host memory holds what stays there and llama.cpp's pinned buffers", "[footprint]") {
  const auto model = tinyllama();
  auto weights = even_weights(model, mib(20), mib(40));
  weights.host = mib(100);
  CHECK(footprint_of(model, weights, workload_of(Engine::llama_cpp, 8192)).host ==
        mib(100) + Bytes{16'789'536} + Bytes{4 * 32000});
  CHECK(footprint_of(model, weights, workload_of(Engine::vllm)).host == mib(100));
}

TEST_CASE("blocks carry their layer's cache", "[footprint]") {
  const auto model = gemma3_27b();
  const auto footprint = footprint_of(model, even_weights(model, mib(1), mib(1)),
                                      workload_of(Engine::llama_cpp, 32768));
  REQUIRE(footprint.blocks.size() == 62);
  CHECK(footprint.blocks[5].kv_cache == Bytes{8192LL * 32768});
  CHECK(footprint.blocks[4].kv_cache == Bytes{8192LL * 1536});
}

TEST_CASE("a size beyond 2^63 bytes is an error", "[footprint]") {
  const auto model = llama2_13b();
  const auto workload = workload_of(Engine::llama_cpp, std::int64_t{1} << 31, 1'000'000);
  const auto footprint = size(model, even_weights(model, mib(1), mib(1)), workload, Format{},
                              engine_record(Engine::llama_cpp));
  REQUIRE_FALSE(footprint.has_value());
  CHECK(footprint.error().code == ErrorCode::too_large);
}

TEST_CASE("the words for terms", "[footprint]") {
  CHECK(to_string(TermKind::kv_cache) == "KV cache");
  CHECK(to_string(TermKind::weights) == "weights");
  CHECK(to_string(TermKind::runtime) == "runtime");
}
