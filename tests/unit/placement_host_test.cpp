// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "sizing/parts.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

DeviceLoad load_of(const Model& model, const Weights& weights, const Workload& workload) {
  const auto footprint = size(model, weights, workload, Format{}, engine_record(workload.engine));
  REQUIRE(footprint.has_value());
  return host_load(weights, *footprint);
}

}  // namespace

TEST_CASE("the host takes what each engine takes, not llama.cpp's", "[host]") {
  const auto model = tinyllama();
  const auto weights = even_weights(model, mib(20), mib(60));  // 500 MiB
  const auto runtime = [&](Engine engine) {
    return load_of(model, weights, workload_of(engine, 2048, 3)).runtime;
  };
  CHECK(runtime(Engine::params) == mib(100));
  CHECK(runtime(Engine::transformers) == mib(200));
  CHECK(runtime(Engine::llama_cpp) == mib(110) + Bytes{3 * 4 * 32000});
}

TEST_CASE("llama.cpp's compute buffer on a CPU is the engine's, to the byte", "[host]") {
  // llama.cpp v0.5.0, allocation plans for the CPU, one output a sequence
  struct Row {
    Model model;
    std::int64_t context;
    std::int64_t ubatch;
    std::int64_t bytes;
  };
  const auto row = GENERATE(
      Row{tinyllama(), 8192, 512, 59'781'152}, Row{tinyllama(), 131072, 512, 185'610'272},
      Row{tinyllama(), 32768, 2048, 339'787'808}, Row{llama3_8b(), 8192, 512, 130'035'744},
      Row{llama3_8b(), 32768, 2048, 620'806'176}, Row{gemma3_27b(), 131072, 512, 309'350'432});
  auto workload = workload_of(Engine::llama_cpp, row.context);
  workload.llama_cpp.ubatch = row.ubatch;
  INFO(*row.model.architecture << " at " << row.context);
  CHECK(load_of(row.model, even_weights(row.model, mib(1), mib(1)), workload).compute ==
        Bytes{row.bytes});
}

TEST_CASE("a CPU has flash attention for every head width, and converts no cache", "[host]") {
  auto model = tinyllama();
  for (auto& layer : model.layers) layer.head_dim = layer.value_head_dim = 32;
  const auto weights = even_weights(model, mib(1), mib(1));
  auto workload = workload_of(Engine::llama_cpp, 8192);
  const auto automatic = load_of(model, weights, workload).compute;
  workload.llama_cpp.flash_attention = FlashAttention::on;
  workload.cache_k = workload.cache_v = TensorType::q8_0;
  CHECK(load_of(model, weights, workload).compute == automatic);
  workload.llama_cpp.flash_attention = FlashAttention::off;
  CHECK(load_of(model, weights, workload).compute > automatic);
}

TEST_CASE("what is unknown of a model is unknown on the host", "[host]") {
  Weights weights;
  weights.tensor_bytes = gib(2);
  weights.blocks.push_back({gib(2), {}, {}, {}});
  const auto load = load_of(by_size(1'000'000'000), weights, workload_of(Engine::llama_cpp));
  CHECK_FALSE(load.compute.has_value());
  CHECK_FALSE(load.kv_cache.has_value());
  CHECK(load.total() == gib(2) + mib(110));
}
