// SPDX-License-Identifier: MIT
// Memory never shrinks where more is asked of it, and a device never takes more where more share.
#include "catch.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Bytes total_of(const Model& model, const Workload& workload) {
  const auto weights = even_weights(model, mib(250), mib(500));
  const auto footprint = size(model, weights, workload, Format{}, engine_record(workload.engine));
  REQUIRE(footprint.has_value());
  Bytes sum;
  for (const auto& term : footprint->terms) sum += term.bytes;
  CHECK(sum == footprint->total());
  return sum;
}

Model model_number(int number) {
  switch (number) {
    case 0:
      return llama3_8b();
    case 1:
      return gemma3_27b();
    case 2:
      return deepseek_v3();
    default:
      return bert_base();
  }
}

}  // namespace

TEST_CASE("a longer context never takes less", "[monotone]") {
  const auto engine =
      GENERATE(Engine::llama_cpp, Engine::vllm, Engine::transformers, Engine::params);
  const auto model = model_number(GENERATE(0, 1, 2, 3));
  INFO(to_string(engine) << " " << *model.architecture);
  Bytes previous;
  for (std::int64_t context = 1; context < 100'000; context += context / 3 + 1) {
    const auto total = total_of(model, workload_of(engine, context, 2));
    CHECK(previous <= total);
    previous = total;
  }
}

TEST_CASE("more sequences never take less cache, nor more memory under fewer", "[monotone]") {
  const auto engine = GENERATE(Engine::vllm, Engine::transformers, Engine::params);
  const auto model = model_number(GENERATE(0, 1, 2));
  INFO(to_string(engine) << " " << *model.architecture);
  Bytes previous;
  for (std::int64_t sequences = 1; sequences < 1000; sequences += sequences / 2 + 1) {
    const auto total = total_of(model, workload_of(engine, 1000, sequences));
    CHECK(previous <= total);
    previous = total;
  }
}

TEST_CASE("llama.cpp's cache grows with the sequences", "[monotone]") {
  const auto model = model_number(GENERATE(0, 1, 2));
  const bool unified = GENERATE(false, true);
  Bytes previous;
  for (std::int64_t sequences = 1; sequences < 600; ++sequences) {
    auto workload = workload_of(Engine::llama_cpp, 777, sequences);
    workload.llama_cpp.kv_unified = unified;
    Bytes cache;
    for (const auto& layer : model.layers) cache += kv_cache_bytes(model, layer, workload);
    CHECK(previous <= cache);
    previous = cache;
  }
}

TEST_CASE("a device never holds more of a model where more devices share it", "[monotone]") {
  const auto engine =
      GENERATE(Engine::llama_cpp, Engine::vllm, Engine::transformers, Engine::params);
  const auto model = llama3_8b();
  const auto weights = even_weights(model, mib(250), mib(500));
  const auto workload = workload_of(engine);
  const auto footprint = size(model, weights, workload, Format{}, engine_record(engine));
  REQUIRE(footprint.has_value());
  auto previous = Bytes::max();
  for (int count = 1; count <= 8; count *= 2) {
    const auto choice = choose_split(model, Format{}, workload, count, 8);
    REQUIRE(choice.split.has_value());
    const auto devices = devices_of(static_cast<std::size_t>(count), gib(24));
    Bytes most;
    for (const auto& load : share(model, *footprint, workload, *choice.split, devices)) {
      most = std::max(most, load.weights + load.kv_cache.value_or(Bytes{0}));
    }
    INFO(to_string(engine) << " on " << count);
    CHECK(most < previous);
    previous = most;
  }
}
