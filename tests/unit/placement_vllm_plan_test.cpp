// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "llmfit/vllm_plan.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Case {
  Model model = llama3_8b();
  Weights weights = even_weights(model, mib(400), gib(1));
  Workload workload = workload_of(Engine::vllm, 8192);
  Format format;
  EngineRecord engine = engine_record(Engine::vllm);
  std::vector<Device> devices = devices_of(1, gib(24));
  Split split;

  [[nodiscard]] Situation situation() const {
    return {model, weights, workload, format, engine, devices, split};
  }
  [[nodiscard]] VllmPlan plan(std::optional<Bytes> free = std::nullopt) const {
    const auto plan = plan_vllm(situation(), free);
    REQUIRE(plan);
    return *plan;
  }
};

}  // namespace

TEST_CASE("the parts of a plan add up to the share of the memory", "[vllm]") {
  const Case subject;
  const auto plan = subject.plan();
  CHECK(plan.budget == Bytes{23192823398});  // 0.9 x 24 GiB
  CHECK(plan.weights == mib(400 * 32) + gib(1));
  CHECK(plan.budget ==
        plan.weights + plan.activation + plan.graphs + plan.non_torch + plan.kv_budget);
  CHECK_FALSE(plan.refusal);
  CHECK(plan.blocks == plan.kv_budget.count() / (16LL * 131072));
  CHECK(plan.blocks_per_sequence == 512);
  CHECK(plan.longest_context == 8192);
}

TEST_CASE("concurrency is what the search for sequences finds", "[vllm]") {
  Case subject;
  const auto ranks = GENERATE(1, 2);
  subject.devices = devices_of(static_cast<std::size_t>(ranks), gib(24));
  subject.split.tensor = ranks;
  const auto plan = subject.plan();
  CHECK(max_sequences(subject.situation()) == static_cast<std::int64_t>(plan.max_concurrency));
  CHECK(plan.cache_tokens == static_cast<std::int64_t>(plan.max_concurrency * 8192));
}

TEST_CASE("the longest context is what the search for contexts finds", "[vllm]") {
  Case subject;
  subject.devices = devices_of(1, gib(18));
  subject.model.context_length = Tokens{131072};
  subject.workload.context = 131072;
  const auto plan = subject.plan();
  CHECK(plan.refusal == VllmRefusal::context_too_long);
  CHECK(max_context(subject.situation()) == plan.longest_context);
}

TEST_CASE("vLLM refuses for the first reason that it meets", "[vllm]") {
  Case subject;
  SECTION("less is free than the share that was asked for") {
    CHECK(subject.plan(gib(20)).refusal == VllmRefusal::free_memory);
  }
  SECTION("the CUDA context leaves less than all of the memory") {
    subject.workload.vllm.utilization = 1.0;
    CHECK(subject.plan().refusal == VllmRefusal::free_memory);
    CHECK(max_context(subject.situation()) == 0);
    subject.workload.vllm.version = 8;
    CHECK_FALSE(subject.plan().refusal);
  }
  SECTION("the weights alone exceed the card") {
    subject.devices = devices_of(1, gib(12));
    CHECK(subject.plan().refusal == VllmRefusal::weights);
  }
  SECTION("nothing is left for the cache") {
    subject.devices = devices_of(1, gib(15));
    CHECK(subject.plan().refusal == VllmRefusal::no_cache_blocks);
    CHECK(subject.plan().blocks == 0);
    CHECK(subject.plan().longest_context == 0);
  }
}

TEST_CASE("a size that was set for the cache is taken as it is", "[vllm]") {
  Case subject;
  subject.workload.vllm.kv_cache_memory = gib(2);
  const auto plan = subject.plan();
  CHECK(plan.kv_budget == gib(2));
  CHECK(plan.blocks == 1024);
  CHECK(max_sequences(subject.situation()) == 2);
  subject.workload.vllm.kv_cache_memory = gib(20);  // beside the weights there is no room for it
  CHECK(max_sequences(subject.situation()) == 0);
}

TEST_CASE("the stage with the fewest blocks decides", "[vllm]") {
  Case subject;
  subject.devices = devices_of(2, gib(24));
  subject.split.pipeline = 2;
  const auto plan = subject.plan();
  // The last stage samples and has the output matrix.
  CHECK(plan.weights == mib(400 * 16) + gib(1));
  CHECK(plan.block_bytes == Bytes{16LL * 131072 / 2});
}

TEST_CASE("ranks beyond the KV heads hold copies of them", "[vllm]") {
  Case subject;
  for (auto& block : subject.weights.blocks) block.kv_heads = mib(16);
  subject.devices = devices_of(16, gib(24));
  subject.split.tensor = 16;
  // an eighth of the KV matrices instead of a sixteenth
  CHECK(subject.plan().weights == mib(400 * 32 / 16 + 1024 / 16 + 32));
}

TEST_CASE("where nothing is known of the cache there is no plan", "[vllm]") {
  Case subject;
  subject.model.cache_unknown = true;
  CHECK_FALSE(plan_vllm(subject.situation()));
  subject.model.cache_unknown = false;
  subject.split.tensor = 2;
  CHECK_FALSE(plan_vllm(subject.situation()));
}

TEST_CASE("the words for refusals are stable", "[vllm]") {
  CHECK(to_string(VllmRefusal::free_memory) == "free_memory");
  CHECK(to_string(VllmRefusal::weights) == "weights");
  CHECK(to_string(VllmRefusal::no_cache_blocks) == "no_cache_blocks");
  CHECK(to_string(VllmRefusal::context_too_long) == "context_too_long");
}
