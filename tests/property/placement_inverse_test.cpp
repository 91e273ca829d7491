// SPDX-License-Identifier: MIT
// The inverse solves against the forward way: what they name fits, one step more does not.
#include "catch.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Hardware {
  int count;
  std::int64_t gibibytes;
};

Model model_number(int number) {
  switch (number) {
    case 0:
      return llama2_13b();
    case 1:
      return gemma3_27b();
    case 2:
      return deepseek_v3();
    default:
      return phi3_mini();
  }
}

bool fits(const Situation& situation, std::int64_t context, std::int64_t sequences) {
  auto workload = situation.workload;
  workload.context = context;
  workload.sequences = sequences;
  const auto footprint =
      size(situation.model, situation.weights, workload, situation.format, situation.engine);
  if (!footprint) return false;
  if (situation.on_host) {
    return judge({host_load(situation.weights, *footprint)}, situation.devices, Split{}, workload)
        .fits;
  }
  return place(situation.model, *footprint, workload, situation.split, situation.devices).fits;
}

void check_context(const Situation& situation) {
  const auto found = max_context(situation);
  REQUIRE(found.has_value());
  const auto limit = situation.model.context_length->count();
  const auto sequences = situation.workload.sequences;
  INFO("largest context " << *found << " with " << sequences << " sequences");
  CHECK(*found <= limit);
  if (*found > 0) CHECK(fits(situation, *found, sequences));
  if (*found < limit) CHECK_FALSE(fits(situation, *found + 1, sequences));
}

void check_sequences(const Situation& situation) {
  const auto found = max_sequences(situation);
  REQUIRE(found.has_value());
  const auto context = situation.workload.context;
  INFO("most sequences " << *found << " of " << context << " tokens");
  if (*found > 0) CHECK(fits(situation, context, *found));
  // More than these llama.cpp refuses, whatever the memory.
  const bool refused = situation.workload.engine == Engine::llama_cpp && *found == 256;
  for (std::int64_t more = 1; more <= 3 && !refused; ++more) {
    CHECK_FALSE(fits(situation, context, *found + more));
  }
}

}  // namespace

TEST_CASE("the largest context and the most sequences are true inverses", "[inverse]") {
  const auto engine =
      GENERATE(Engine::llama_cpp, Engine::vllm, Engine::transformers, Engine::params);
  const auto number = GENERATE(0, 1, 2, 3);
  const auto hardware = GENERATE(Hardware{1, 16}, Hardware{1, 24}, Hardware{1, 80}, Hardware{2, 16},
                                 Hardware{4, 24}, Hardware{8, 80});
  const auto context = GENERATE(100, 4096);
  const auto model = model_number(number);
  const auto weights = even_weights(model, mib(250), mib(500));
  auto workload = workload_of(engine, context, context == 100 ? 7 : 1);
  Format format;
  format.type = TensorType::bf16;
  const auto record = engine_record(engine);
  const auto split = choose_split(model, format, workload, hardware.count, 8);
  REQUIRE(split.split.has_value());
  const auto devices =
      devices_of(static_cast<std::size_t>(hardware.count), gib(hardware.gibibytes));
  const Situation situation{model, weights, workload, format, record, devices, *split.split};
  INFO(to_string(engine) << ", model " << number << ", " << hardware.count << " x "
                         << hardware.gibibytes << " GiB");
  check_context(situation);
  check_sequences(situation);
}

TEST_CASE("dealt experts, data ranks and offloaded weights are solved as well", "[inverse]") {
  const auto split =
      GENERATE(Split{1, 1, 1, 8, true}, Split{2, 1, 1, 4, true}, Split{4, 1, 1, 2, false},
               Split{8, 1, 1, 1, true}, Split{2, 2, 1, 2, true});
  const auto offload = GENERATE(0, 3);
  const auto context = GENERATE(100, 4096);
  auto model = deepseek_v3();
  model.arch.experts->count = 20;  // does not divide by eight
  auto weights = even_weights(model, mib(1250), mib(500));
  for (auto& block : weights.blocks) {
    block.routed = mib(1000);
    block.shared_experts = mib(50);
  }
  auto workload = workload_of(Engine::vllm, context, context == 100 ? 7 : 1);
  workload.vllm.cpu_offload = gib(offload);
  const Format format;
  const auto record = engine_record(Engine::vllm);
  const auto devices = devices_of(8, GENERATE(gib(24), gib(48)));
  const Situation situation{model, weights, workload, format, record, devices, split};
  INFO("dp " << split.data << " tp " << split.tensor << " pp " << split.pipeline << ", " << offload
             << " GiB offloaded");
  check_context(situation);
  check_sequences(situation);
}

TEST_CASE("unequal cards of several kernels are solved as well", "[inverse]") {
  auto model = dense_model({"gpt-oss", 24, 2880, 201088, 64, 8, 64, 0, 131072});
  model.arch.experts = Experts{};
  model.arch.experts->count = 32;
  model.arch.experts->active = 4;
  model.arch.experts->ffn_size = 2880;
  auto weights = even_weights(model, mib(500), mib(500));
  for (auto& block : weights.blocks) block.routed = block.experts = mib(400);
  const std::vector<Device> devices = {{gib(80), Platform::cuda_hopper},
                                       {gib(24), Platform::cuda},
                                       {gib(16), Platform::cuda},
                                       {gib(80), Platform::cuda_hopper}};
  const auto split = GENERATE(Split{4, 1, 1}, Split{2, 2, 1}, Split{1, 4, 1});
  const auto workload = workload_of(Engine::vllm, GENERATE(100, 4096), 3);
  const Format format;
  const auto record = engine_record(Engine::vllm);
  const Situation situation{model, weights, workload, format, record, devices, split};
  check_context(situation);
  check_sequences(situation);
}

TEST_CASE("the host's memory is solved as devices are", "[inverse]") {
  const auto engine = GENERATE(Engine::llama_cpp, Engine::transformers, Engine::params);
  const auto number = GENERATE(0, 1, 2, 3);
  const auto context = GENERATE(100, 4096);
  const auto model = model_number(number);
  const auto weights = even_weights(model, mib(250), mib(500));
  const auto workload = workload_of(engine, context, context == 100 ? 7 : 1);
  const Format format;
  const auto record = engine_record(engine);
  const auto devices = devices_of(1, gib(32));
  Situation situation{model, weights, workload, format, record, devices, Split{}};
  situation.on_host = true;
  INFO(to_string(engine) << ", model " << number);
  check_context(situation);
  check_sequences(situation);
}

TEST_CASE("more sequences than the batch has tokens are solved as well", "[inverse]") {
  const auto ubatch = GENERATE(8, 64, 512);
  auto model = tinyllama();
  for (auto& layer : model.layers) layer.kv_heads = 1;
  const auto weights = even_weights(model, mib(20), mib(40));
  auto workload = workload_of(Engine::llama_cpp, 64, 1);
  workload.llama_cpp.ubatch = ubatch;
  const Format format;
  const auto record = engine_record(Engine::llama_cpp);
  const auto devices = devices_of(1, GENERATE(gib(2), gib(24)));
  check_sequences({model, weights, workload, format, record, devices, Split{}});
}

TEST_CASE("without a cache no more sequences are held than a step computes", "[inverse]") {
  const auto model = bert_base();
  const auto weights = even_weights(model, mib(20), mib(40));
  const Format format;
  const auto devices = devices_of(1, gib(24));
  const auto solve = [&](Engine engine, std::int64_t asked) {
    const auto record = engine_record(engine);
    const auto workload = workload_of(engine, 512, asked);
    return max_sequences({model, weights, workload, format, record, devices, Split{}});
  };
  CHECK(solve(Engine::llama_cpp, 1) == 256);
  CHECK(solve(Engine::vllm, 1) == 256);
  CHECK(solve(Engine::vllm, 600) == 600);
}

TEST_CASE("a unified cache is solved token by token", "[inverse]") {
  const auto model = llama2_13b();
  const auto weights = even_weights(model, mib(250), mib(500));
  auto workload = workload_of(Engine::llama_cpp, 1000, 3);
  workload.llama_cpp.kv_unified = true;
  const Format format;
  const auto record = engine_record(Engine::llama_cpp);
  const auto devices = devices_of(1, gib(16));
  const Situation situation{model, weights, workload, format, record, devices, Split{}};
  check_context(situation);
  check_sequences(situation);
}
