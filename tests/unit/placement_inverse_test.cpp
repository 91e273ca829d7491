// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "placement/largest.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

TEST_CASE("the search finds the last value that fits, and proves it", "[inverse]") {
  struct Row {
    std::int64_t low;
    std::int64_t high;
    std::int64_t threshold;
    std::int64_t expected;
  };
  const auto row = GENERATE(Row{1, 100, 42, 42}, Row{1, 100, 100, 100}, Row{1, 100, 1000, 100},
                            Row{1, 100, 1, 1}, Row{1, 100, 0, 0}, Row{5, 4, 10, 4},
                            Row{1, std::int64_t{1} << 31, 123'456'789, 123'456'789});
  const auto line = [&](std::int64_t n) { return row.threshold - n; };
  const auto steps = [&](std::int64_t n) { return (row.threshold - n) / 7 - (n > row.threshold); };
  const auto curve = [&](std::int64_t n) {
    return n <= row.threshold ? 1 : -(n / 1000 + 1) * (n / 1000 + 1);
  };
  CHECK(placement::largest(row.low, row.high, line) == row.expected);
  CHECK(placement::largest(row.low, row.high, steps) == row.expected);
  CHECK(placement::largest(row.low, row.high, curve) == row.expected);
}

TEST_CASE("the largest context of a card, worked out by hand", "[inverse]") {
  // Without compute and runtime the params rule is linear: weights x 1.2 + 819,200 bytes a token.
  auto model = llama2_13b();
  model.context_length = std::nullopt;
  const auto weights = even_weights(model, mib(240), mib(400));  // 10,000 MiB, 12,000 with overhead
  const auto workload = workload_of(Engine::params);
  const Format format;
  const auto engine = engine_record(Engine::params);
  const auto solve = [&](Bytes usable) {
    const auto devices = devices_of(1, usable);
    return max_context({model, weights, workload, format, engine, devices, Split{}});
  };
  CHECK(solve(mib(12'000) + Bytes{819'200LL * 1234}) == 1234);
  CHECK(solve(mib(12'000) + Bytes{819'200LL * 1234 - 1}) == 1233);
  CHECK(solve(mib(12'000)) == 0);
  CHECK(solve(mib(1)) == 0);
}

TEST_CASE("the model's limit caps the context, nothing caps a model without one", "[inverse]") {
  auto model = tinyllama();
  const auto weights = even_weights(model, mib(20), mib(40));
  const auto workload = workload_of(Engine::llama_cpp);
  const Format format;
  const auto engine = engine_record(Engine::llama_cpp);
  const auto devices = devices_of(1, gib(80));
  CHECK(max_context({model, weights, workload, format, engine, devices, Split{}}) == 2048);
  model.context_length = std::nullopt;
  const auto free = max_context({model, weights, workload, format, engine, devices, Split{}});
  REQUIRE(free.has_value());
  CHECK(*free > 1'000'000);
  CHECK(*free % 256 == 0);
}

TEST_CASE("without a known cache there is no answer", "[inverse]") {
  const auto model = by_size(1'000'000'000);
  Weights weights;
  weights.blocks.push_back({gib(2), {}, {}, {}});
  const auto workload = workload_of(Engine::params);
  const Format format;
  const auto engine = engine_record(Engine::params);
  const auto devices = devices_of(1, gib(80));
  const Situation situation{model, weights, workload, format, engine, devices, Split{}};
  CHECK_FALSE(max_context(situation).has_value());
  CHECK_FALSE(max_sequences(situation).has_value());
}
