// SPDX-License-Identifier: MIT
#include <cstdlib>

#include "catch.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Case {
  Model model;
  Weights weights;
  Workload workload;

  [[nodiscard]] Footprint footprint() const {
    return *size(model, weights, workload, Format{}, engine_record(workload.engine));
  }
  [[nodiscard]] std::vector<DeviceLoad> loads(Split split, std::span<const Device> devices) const {
    return share(model, footprint(), workload, split, devices);
  }
};

Case case_of(const Model& model, Engine engine) {
  auto weights = even_weights(model, mib(300), mib(312));
  weights.input.sharded = engine == Engine::llama_cpp ? Bytes{0} : mib(312);
  return {model, weights, workload_of(engine)};
}

}  // namespace

TEST_CASE("one device takes the whole footprint", "[share]") {
  const auto engine =
      GENERATE(Engine::llama_cpp, Engine::vllm, Engine::transformers, Engine::params);
  const auto subject = case_of(llama2_13b(), engine);
  const auto loads = subject.loads(Split{}, devices_of(1, gib(40)));
  REQUIRE(loads.size() == 1);
  INFO(to_string(engine));
  CHECK(loads[0].total() == subject.footprint().total());
  CHECK(loads[0].compute == subject.footprint().of(TermKind::compute));
}

TEST_CASE("a layer split deals every byte of weights and cache exactly once", "[share]") {
  const auto count = GENERATE(2, 3, 5, 8);
  const auto subject = case_of(llama2_13b(), Engine::llama_cpp);
  const auto devices = devices_of(static_cast<std::size_t>(count), gib(24));
  Bytes weights;
  Bytes cache;
  for (const auto& load : subject.loads(Split{1, count, 1}, devices)) {
    weights += load.weights;
    cache += load.kv_cache.value();
    CHECK(load.state == Bytes{0});
    CHECK(load.runtime == mib(200));
  }
  CHECK(weights == subject.footprint().of(TermKind::weights));
  CHECK(cache == subject.footprint().of(TermKind::kv_cache));
}

TEST_CASE("vLLM's ranks divide weights and heads, and add communication", "[share]") {
  const auto subject = case_of(llama2_13b(), Engine::vllm);
  const auto loads = subject.loads(Split{4, 1, 1}, devices_of(4, gib(24)));
  REQUIRE(loads.size() == 4);
  const auto runtime = subject.footprint().of(TermKind::runtime);
  for (const auto& load : loads) {
    CHECK(load.weights == mib(300 * 10 + 78 * 2));
    CHECK(load.kv_cache == Bytes{3'355'443'200 / 4});
    CHECK(load.runtime > runtime);
  }
}

TEST_CASE("the latent cache is whole on each of vLLM's ranks", "[share]") {
  const auto subject = case_of(deepseek_v3(), Engine::vllm);
  const auto loads = subject.loads(Split{8, 1, 1}, devices_of(8, gib(140)));
  CHECK(loads[7].kv_cache == subject.footprint().of(TermKind::kv_cache));
}

TEST_CASE("a tied matrix is on the first and on the last of vLLM's stages", "[share]") {
  auto subject = case_of(llama2_13b(), Engine::vllm);
  subject.model.arch.tied_embeddings = true;
  subject.weights.output = {};
  subject.weights.input.tied = mib(300);  // the other 12 are a tower
  subject.weights.input.replicated = subject.weights.input.each_stage = mib(5);
  const auto loads = subject.loads(Split{1, 2, 1}, devices_of(2, gib(24)));
  CHECK(loads[0].weights == mib(300 * 20 + 312 + 5));
  CHECK(loads[1].weights == mib(300 * 20 + 300 + 5));
}

TEST_CASE("large cards keep more tokens in flight on windowed layers", "[share]") {
  auto subject = case_of(gemma3_27b(), Engine::vllm);
  subject.workload.context = 32768;
  const auto small = subject.loads(Split{}, devices_of(1, gib(47)));
  const auto large = subject.loads(Split{}, devices_of(1, gib(79)));
  // ceil((1,023 + 2 x 8,192) / 16) + 1 = 1,089 blocks instead of 321, on 52 layers and 8 of padding
  const auto more = (*large[0].kv_cache - *small[0].kv_cache).count();
  CHECK(std::abs(more - 8192LL * 60 * 16 * (1089 - 321)) < 62);
}

TEST_CASE("the params rule divides everything by the count", "[share]") {
  const auto subject = case_of(llama2_13b(), Engine::params);
  const auto whole = subject.footprint();
  const auto loads = subject.loads(Split{4, 1, 1}, devices_of(4, gib(24)));
  CHECK(loads[0].weights == Bytes{whole.of(TermKind::weights)->count() / 4});
  CHECK(loads[0].runtime->count() - whole.of(TermKind::runtime)->count() / 4 <= 1);
  CHECK_FALSE(loads[0].compute.has_value());
}

TEST_CASE("a model without known layers is divided evenly", "[share]") {
  Case subject{by_size(1'000'000'000), {}, workload_of(Engine::vllm)};
  subject.weights.blocks.push_back({gib(2), {}, {}, {}});
  const auto loads = subject.loads(Split{1, 4, 1}, devices_of(4, gib(24)));
  REQUIRE(loads.size() == 4);
  for (const auto& load : loads) {
    CHECK(load.weights == mib(512));
    CHECK_FALSE(load.kv_cache.has_value());
  }
}

TEST_CASE("one device short is a no", "[judge]") {
  const auto workload = workload_of(Engine::llama_cpp);
  DeviceLoad load;
  load.weights = gib(10);
  const std::vector<DeviceLoad> loads(2, load);
  const std::vector<Device> uneven = {{gib(11)}, {gib(9)}};
  const auto placement = judge(loads, uneven, Split{1, 2, 1}, workload);
  CHECK_FALSE(placement.fits);
  CHECK(placement.devices[0].headroom == gib(1));
  CHECK(placement.devices[1].headroom == Bytes{0} - gib(1));
  CHECK(judge(loads, devices_of(2, gib(10)), Split{1, 2, 1}, workload).fits);
  CHECK_FALSE(judge({}, {}, Split{}, workload).fits);
}

TEST_CASE("vLLM has its share of the device, no more", "[judge]") {
  auto workload = workload_of(Engine::vllm);
  workload.vllm.utilization = 0.5;
  DeviceLoad load;
  load.weights = gib(5);
  CHECK(judge({load}, devices_of(1, gib(10)), Split{}, workload).fits);
  load.runtime = Bytes{1};
  const auto over = judge({load}, devices_of(1, gib(10)), Split{}, workload);
  CHECK_FALSE(over.fits);
  CHECK(over.devices[0].headroom == Bytes{-1});
  CHECK(over.devices[0].usable == gib(10));
}

TEST_CASE("the words for reasons are those of the contract", "[judge]") {
  CHECK(to_string(Reason::out_of_memory) == "out_of_memory");
  CHECK(to_string(Reason::engine_unsupported) == "engine_unsupported");
  CHECK(to_string(Reason::format_unsupported) == "format_unsupported");
  CHECK(to_string(Reason::not_divisible) == "not_divisible");
  CHECK(to_string(Reason::over_budget) == "over_budget");
  CHECK(to_string(Reason::context_exceeds_model) == "context_exceeds_model");
}
