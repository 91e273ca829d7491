// SPDX-License-Identifier: MIT
// What vLLM's ranks hold of a model whose parts are cut, copied or dealt out, by hand arithmetic.
#include "catch.hpp"
#include "placement/sharing.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Split split_of(int data, int tensor, int pipeline, bool experts = false) {
  return {tensor, pipeline, 1, data, experts};
}

/// DeepSeek V3 with round figures: 800 MiB of routed experts a layer, 16 of shared ones, 160 of
/// attention that is cut and 8 that is not.
struct Case {
  Model model = deepseek_v3();
  Weights weights = even_weights(model, mib(160), mib(800));
  Workload workload = workload_of(Engine::vllm);

  Case() {
    for (std::size_t i = 0; i < weights.blocks.size(); ++i) {
      auto& block = weights.blocks[i];
      block.replicated = mib(8);
      if (i < 3) continue;
      block.sharded += mib(800 + 16);
      block.routed = mib(800);
      block.shared_experts = mib(16);
    }
  }

  [[nodiscard]] std::vector<DeviceLoad> loads(const Split& split, std::size_t devices) const {
    const auto footprint =
        size(model, weights, workload, Format{}, engine_record(Engine::vllm)).value();
    return share(model, footprint, workload, split, devices_of(devices, gib(141)));
  }
};

}  // namespace

TEST_CASE("ranks cut everything but what each needs whole", "[parallel]") {
  const Case subject;
  const auto loads = subject.loads(split_of(1, 8, 1), 8);
  REQUIRE(loads.size() == 8);
  // 61 x (160 / 8 + 8) + 58 x 816 / 8 + 800 / 8
  for (const auto& load : loads) CHECK(load.weights == mib(61 * 28 + 58 * 102 + 100));
}

TEST_CASE("whole experts are dealt out, the first ranks take the remainder", "[parallel]") {
  CHECK(placement::experts_held(256, 8, 0) == 32);
  struct Row {
    std::int64_t rank;
    std::int64_t held;
  };
  const auto row = GENERATE(Row{0, 4}, Row{5, 4}, Row{6, 3}, Row{7, 3});
  CHECK(placement::experts_held(30, 8, row.rank) == row.held);
}

TEST_CASE("expert parallel over tensor ranks holds the same bytes where it divides", "[parallel]") {
  Case subject;
  CHECK(subject.loads(split_of(1, 8, 1, true), 8)[7].weights ==
        subject.loads(split_of(1, 8, 1), 8)[7].weights);
  // 25 experts of 32 MiB over 8 ranks: 4 on the first, 3 on the others
  subject.model.arch.experts->count = 25;
  const auto loads = subject.loads(split_of(1, 8, 1, true), 8);
  CHECK(loads[0].weights == mib(61 * 28 + 58 * (2 + 4 * 32) + 100));
  CHECK(loads[1].weights == mib(61 * 28 + 58 * (2 + 3 * 32) + 100));
}

TEST_CASE("data ranks copy all but the experts and share the sequences out", "[parallel]") {
  Case subject;
  subject.workload.sequences = 20;
  const auto loads = subject.loads(split_of(8, 1, 1, true), 8);
  REQUIRE(loads.size() == 8);
  CHECK(loads[0].weights == mib(61 * 168 + 58 * (16 + 100) + 800));
  // 3 of 20 sequences: 61 layers x 4,096 tokens x 576 x 2 bytes each
  CHECK(loads[0].kv_cache == Bytes{3LL * 61 * 4096 * 1152});
}

TEST_CASE("without expert parallel the experts are cut over data x tensor ranks", "[parallel]") {
  const Case subject;
  const auto loads = subject.loads(split_of(2, 4, 1), 8);
  CHECK(loads[0].weights == mib(61 * (40 + 8) + 58 * (4 + 100) + 200));
}

TEST_CASE("shared experts are whole where tokens are dealt out over tensor ranks", "[parallel]") {
  const Case subject;
  const auto loads = subject.loads(split_of(2, 4, 1, true), 8);
  CHECK(loads[0].weights == mib(61 * (40 + 8) + 58 * (16 + 100) + 200));
}

TEST_CASE("devices stand by data rank, then stage, then tensor rank", "[parallel]") {
  const auto split = split_of(2, 2, 2);
  CHECK(placement::device_of(split, 0, 0) == 0);
  CHECK(placement::device_of(split, 0, 1) == 1);
  CHECK(placement::device_of(split, 1, 0) == 2);
  CHECK(placement::device_of(split, 0, 2) == 4);
  CHECK(placement::device_of(split, 1, 3) == 7);
}

TEST_CASE("copies are what exceeds an even part", "[parallel]") {
  const Case subject;
  std::vector<DevicePlacement> devices(8);
  for (auto& device : devices) device.usable = gib(141);
  add_details(devices, subject.model, subject.weights, subject.workload, split_of(1, 8, 1));
  // of 8 MiB a layer that every rank holds, and of the latent cache, seven eighths
  const auto cache = 61LL * 4096 * 1152;
  CHECK(devices[3].replicated == Bytes{mib(61 * 7).count() + cache / 8 * 7});
  CHECK(devices[3].layers == LayerSpan{0, 60});
  add_details(devices, subject.model, subject.weights, subject.workload, split_of(1, 4, 2));
  CHECK(devices[3].layers == LayerSpan{0, 30});
  CHECK(devices[4].layers == LayerSpan{31, 60});
  std::vector<DevicePlacement> stages(2);
  add_details(stages, subject.model, subject.weights, subject.workload, split_of(1, 1, 2));
  CHECK(stages[0].replicated == Bytes{0});
}

TEST_CASE("stages whose layers were set hold those", "[parallel]") {
  Case subject;
  subject.workload.vllm.stage_layers = {40, 21};
  std::vector<DevicePlacement> devices(2);
  add_details(devices, subject.model, subject.weights, subject.workload, split_of(1, 1, 2));
  CHECK(devices[0].layers == LayerSpan{0, 39});
  CHECK(devices[1].layers == LayerSpan{40, 60});
  // 21 layers of 160 + 8 + 816 and the head
  CHECK(subject.loads(split_of(1, 1, 2), 2)[1].weights == mib(21 * 984 + 800));
  const auto obstacle = [&](int pipeline) {
    return split_obstacle(subject.model, Format{}, subject.workload, split_of(1, 1, pipeline));
  };
  CHECK(obstacle(2).empty());
  CHECK_FALSE(obstacle(3).empty());
  subject.workload.vllm.stage_layers = {40, 20};
  CHECK_FALSE(obstacle(2).empty());
}

TEST_CASE("transformers cuts blocks where it is asked to, and keeps the embedding whole",
          "[parallel]") {
  Case subject;
  subject.workload = workload_of(Engine::transformers);
  subject.weights.input.sharded = mib(700);
  CHECK(subject.loads(split_of(1, 4, 1), 4)[0].weights == mib(61 * 48 + 58 * 204 + 200 + 700));
  subject.workload.split.tensor = 4;
  CHECK(choose_split(llama3_8b(), Format{}, subject.workload, 4, 8).split->tensor == 4);
  CHECK(choose_split(llama3_8b(), Format{}, subject.workload, 6, 8).reason ==
        Reason::not_divisible);
  subject.workload.split.tensor.reset();
  CHECK(choose_split(llama3_8b(), Format{}, subject.workload, 4, 8).split->pipeline == 4);
}

TEST_CASE("an idle card has no layers", "[parallel]") {
  const Case subject;
  std::vector<DevicePlacement> devices(3);
  add_details(devices, subject.model, subject.weights, subject.workload, split_of(1, 2, 1));
  CHECK(devices[1].layers);
  CHECK_FALSE(devices[2].layers);
}

TEST_CASE("cpu-offload-gb takes that much of each rank's blocks, and no more", "[parallel]") {
  Case subject;
  const auto before = subject.loads(split_of(1, 8, 1), 8)[0].weights;
  subject.workload.vllm.cpu_offload = gib(2);
  CHECK(subject.loads(split_of(1, 8, 1), 8)[0].weights == before - gib(2));
  const auto host =
      vllm_host_share(subject.model, subject.weights, subject.workload, split_of(1, 8, 1));
  REQUIRE(host);
  CHECK(host->weights == gib(16));
  CHECK(host->per_device == gib(2));
  subject.workload.vllm.cpu_offload = gib(1000);  // the head stays
  CHECK(subject.loads(split_of(1, 8, 1), 8)[0].weights == mib(100));
  subject.workload.vllm.cpu_offload = Bytes{0};
  CHECK_FALSE(vllm_host_share(subject.model, subject.weights, subject.workload, Split{}));
}

TEST_CASE("mixed cards pad experts each in their own way", "[parallel]") {
  auto model = dense_model({"gpt-oss", 1, 2880, 201088, 64, 8, 64, 0, 131072});
  model.arch.experts = Experts{};
  model.arch.experts->count = 32;
  model.arch.experts->active = 4;
  model.arch.experts->ffn_size = 2880;
  model.layers[0].ffn = FfnKind::experts;
  auto weights = even_weights(model, mib(0), mib(0));
  // padded for the usual kernel: 2,944 x 3,072
  weights.blocks[0].experts = weights.blocks[0].routed = weights.blocks[0].sharded =
      Bytes{2944LL * 3072 * 2};
  const auto workload = workload_of(Engine::vllm);
  const auto footprint =
      size(model, weights, workload, Format{}, engine_record(Engine::vllm)).value();
  const std::vector<Device> devices = {{gib(80), Platform::cuda_hopper}, {gib(24), Platform::cuda}};
  const auto loads = share(model, footprint, workload, split_of(1, 2, 1), devices);
  CHECK(loads[0].weights == Bytes{1472LL * 3072 * 2});  // 1,440 to a multiple of 64
  CHECK(loads[1].weights == Bytes{1536LL * 3072 * 2});  // and of 128
}

TEST_CASE("every factorisation is tried, the most tensor ranks of one machine first",
          "[parallel]") {
  const auto shapes = [](const Model& model, const Workload& workload, int count, int per_node) {
    std::string text;
    for (const auto& split : split_shapes(model, workload, count, per_node).shapes) {
      text += std::to_string(split.data) + "x" + std::to_string(split.tensor) + "x" +
              std::to_string(split.pipeline) + (split.experts ? "e " : " ");
    }
    return text;
  };
  auto workload = workload_of(Engine::vllm);
  CHECK(shapes(llama3_8b(), workload, 6, 8) == "1x6x1 1x3x2 1x2x3 1x1x6 ");
  CHECK(shapes(llama3_8b(), workload, 16, 8) == "1x8x2 1x4x4 1x2x8 1x1x16 1x16x1 ");
  CHECK(shapes(deepseek_v3(), workload, 4, 8) == "1x4x1 1x2x2 1x1x4 2x2x1e 4x1x1e ");
  workload.split.tensor = workload.vllm.tensor_parallel = 2;
  CHECK(shapes(deepseek_v3(), workload, 4, 8) == "1x2x2 ");
  workload.split.data = workload.vllm.data_parallel = 2;
  CHECK(shapes(deepseek_v3(), workload, 4, 8) == "2x2x1 ");
  CHECK(shapes(deepseek_v3(), workload, 3, 8).empty());
}

TEST_CASE("what cannot be dealt out is refused for its reason", "[parallel]") {
  const auto obstacle = [](const Model& model, const Split& split, const Format& format = {},
                           std::int32_t decode_context = 1) {
    auto workload = workload_of(Engine::vllm);
    workload.vllm.decode_context = decode_context;
    return split_obstacle(model, format, workload, split);
  };
  // Qwen2.5 0.5B: 14 heads, 2 of keys and values
  const auto qwen = dense_model({"qwen2", 24, 896, 151936, 14, 2, 64, 4864, 32768});
  CHECK(obstacle(qwen, split_of(1, 4, 1)) == "its attention heads do not divide");
  CHECK(obstacle(qwen, split_of(1, 2, 2)).empty());
  CHECK(obstacle(qwen, split_of(1, 2, 1, true)) == "it has no experts to deal out");
  CHECK(obstacle(deepseek_v3(), split_of(8, 16, 1, true)).empty());
  auto few = deepseek_v3();
  few.arch.experts->count = 16;
  CHECK(obstacle(few, split_of(8, 4, 1, true)) == "it has fewer experts than ranks");
  // 2,048 wide experts in blocks of 128: 16 ranks cut them, 32 do not
  Format blocks;
  blocks.scheme = Scheme{.millibits = 8000, .group = 128, .group_rows = 128};
  CHECK(obstacle(deepseek_v3(), split_of(1, 16, 1), blocks).empty());
  CHECK(obstacle(deepseek_v3(), split_of(1, 32, 1), blocks) ==
        "the format's groups of weights do not divide");
  CHECK(obstacle(deepseek_v3(), split_of(1, 32, 1, true), blocks) ==
        "the format's groups of weights do not divide");  // the dense layers' 18,432
  // KV heads of 64 are no whole block on eight ranks
  const auto narrow = dense_model({"llama", 16, 2048, 128256, 32, 8, 64, 8192, 131072});
  CHECK(obstacle(narrow, split_of(1, 4, 1), blocks).empty());
  CHECK(obstacle(narrow, split_of(1, 8, 1), blocks) ==
        "the format's groups of weights do not divide");
  // Experts in mxfp4 are padded on each rank, and the rest is in 16 bits.
  Format padded;
  padded.scheme = Scheme{.millibits = 4000, .group = 32, .experts_only = true};
  auto oss = dense_model({"gpt-oss", 24, 2880, 201088, 64, 8, 64, 0, 131072});
  oss.arch.experts = Experts{};
  oss.arch.experts->ffn_size = 2880;
  CHECK(obstacle(oss, split_of(1, 8, 1), padded).empty());
  // Eight ranks hold the latent eight times, llama's KV heads once.
  CHECK(obstacle(deepseek_v3(), split_of(1, 8, 1), {}, 8).empty());
  CHECK(obstacle(deepseek_v3(), split_of(1, 4, 1), {}, 8) ==
        "a cache's tokens go to ranks that hold a copy of it");
  CHECK_FALSE(obstacle(llama3_8b(), split_of(1, 8, 1), {}, 2).empty());
  CHECK(obstacle(llama3_8b(), split_of(1, 16, 1), {}, 2).empty());
}
