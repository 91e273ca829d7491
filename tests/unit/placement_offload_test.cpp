// SPDX-License-Identifier: MIT
// llama.cpp's settings of what lies where, and what they make of several cards.
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "placement/hosted.hpp"

using namespace llmfit;

namespace {

const Format& q4() { return *Catalog::builtin().find_format(Engine::llama_cpp, "q4_k_m"); }

Model model_of(std::string_view name) {
  return make_model(*Catalog::builtin().find_model(name)).value();
}

Result<Workload> workload_with(const Model& model, std::vector<Setting> settings) {
  WorkloadRequest request;
  request.settings = std::move(settings);
  return make_workload(request, Engine::llama_cpp, model, 0.9);
}

/// Blocks on each of two equal cards; the output counts with its card.
struct Dealt {
  std::vector<DeviceLoad> loads;
  SplitChoice choice;
};

Dealt on_cards(const Model& model, const Workload& workload, std::size_t count) {
  const auto weights = weigh(model, q4()).value();
  const auto& engine = Catalog::builtin().engine(Engine::llama_cpp);
  const auto footprint = size(model, weights, workload, q4(), engine).value();
  const std::vector<Device> devices(count, Device{gib(24)});
  Dealt dealt;
  dealt.choice = choose_split(model, q4(), workload, static_cast<std::int32_t>(count), 8);
  if (!dealt.choice.split) return dealt;
  dealt.loads = share(model, footprint, workload, *dealt.choice.split, devices);
  return dealt;
}

}  // namespace

TEST_CASE("settings of host offload are read in the engine's own words", "[offload]") {
  const auto model = model_of("qwen3-30b-a3b");
  const auto settings_of = [&](std::vector<Setting> settings) {
    return workload_with(model, std::move(settings)).value();
  };
  CHECK_FALSE(settings_of({{"n-gpu-layers", "99"}}).llama_cpp.gpu_layers);
  CHECK_FALSE(settings_of({{"n-gpu-layers", "all"}}).llama_cpp.gpu_layers);
  CHECK(settings_of({{"gpu-layers", "10"}}).llama_cpp.gpu_layers == 10);
  CHECK(settings_of({{"n-gpu-layers", "auto"}}).offload == Offload::layers);
  CHECK(settings_of({{"fit", "on"}}).offload == Offload::automatic);
  CHECK(settings_of({{"n-cpu-moe", "7"}}).llama_cpp.cpu_moe == 7);
  CHECK(settings_of({{"cpu-moe", "on"}}).llama_cpp.cpu_moe >= 48);
  CHECK_FALSE(settings_of({{"no-kv-offload", ""}}).llama_cpp.kv_offload);
  CHECK_FALSE(settings_of({{"op-offload", "off"}}).llama_cpp.op_offload);
  CHECK(settings_of({{"tensor-split", "3/1"}}).llama_cpp.tensor_split == std::vector<double>{3, 1});
  CHECK(settings_of({{"tensor-split", "0,0"}}).llama_cpp.tensor_split.empty());
}

TEST_CASE("patterns that name all experts move them, others are refused by name", "[offload]") {
  const auto model = model_of("qwen3-30b-a3b");
  for (const std::string pattern :
       {"exps=CPU", "\\.ffn_.*_exps\\.=CPU", ".ffn_.*_exps.=CPU", "ffn_(up|down|gate)_exps=CPU",
        "\\.ffn_(up|down|gate|gate_up)_(ch|)exps=CPU", "blk\\..*\\.ffn_.*_exps\\.weight=CPU"}) {
    INFO(pattern);
    const auto workload = workload_with(model, {{"override-tensor", pattern}});
    REQUIRE(workload);
    CHECK(workload->llama_cpp.cpu_moe >= 48);
  }
  for (const std::string pattern :
       {"ffn_up_exps=CPU", "blk\\.1\\.ffn_.*_exps\\.=CPU", "exps=CUDA1", "attn=CPU", "exps"}) {
    INFO(pattern);
    const auto workload = workload_with(model, {{"override-tensor", pattern}});
    REQUIRE_FALSE(workload);
    CHECK(workload.error().code == ErrorCode::unsupported);
  }
}

TEST_CASE("tensor-split deals the layers by its shares, a share of nothing gets none",
          "[offload]") {
  const auto model = model_of("llama3-8b");
  const auto dealt = on_cards(model, workload_with(model, {{"tensor-split", "3,1"}}).value(), 2);
  REQUIRE(dealt.loads.size() == 2);
  // llama.cpp v0.5.0 on two CUDA devices.
  CHECK(dealt.loads[0].weights == Bytes{3246325760});
  CHECK(dealt.loads[1].weights == Bytes{1371070464});
  const auto one = on_cards(model, workload_with(model, {{"tensor-split", "0,1"}}).value(), 2);
  CHECK(one.loads[0].weights == Bytes{0});
  const auto more = on_cards(model, workload_with(model, {{"tensor-split", "1,1,1"}}).value(), 2);
  CHECK(more.choice.reason == Reason::not_divisible);
}

TEST_CASE("split-mode none leaves all cards but the main one alone", "[offload]") {
  const auto model = model_of("llama3-8b");
  const std::vector<Setting> settings{{"split-mode", "none"}, {"main-gpu", "1"}};
  const auto dealt = on_cards(model, workload_with(model, settings).value(), 2);
  REQUIRE(dealt.loads.size() == 2);
  CHECK(dealt.loads[0].total() == Bytes{0});
  // llama.cpp v0.5.0 on two CUDA devices.
  CHECK(dealt.loads[1].weights == Bytes{4617396224});
  const auto missing =
      on_cards(model, workload_with(model, {{"split-mode", "none"}, {"main-gpu", "2"}}).value(), 2);
  CHECK(missing.choice.reason == Reason::not_divisible);
}

TEST_CASE("layers beside the host are shared by two cards as the engine does", "[offload]") {
  const auto model = model_of("llama3-8b");
  const auto weights = weigh(model, q4()).value();
  const std::vector<Device> devices(2, Device{gib(24)});
  Workload workload;
  workload.context = 8192;
  workload.llama_cpp.gpu_layers = 20;
  const Situation situation{
      model,   weights,       workload, q4(), Catalog::builtin().engine(Engine::llama_cpp),
      devices, Split{1, 2, 1}};
  const auto hosted = placement::HostedPlacer(situation).place(workload);
  // llama.cpp v0.5.0 on two CUDA devices with n-gpu-layers 20, one output.
  CHECK(hosted.loads[0].weights == Bytes{1275822080});
  CHECK(hosted.loads[1].weights == Bytes{1632722944});
  CHECK(hosted.loads[0].kv_cache == Bytes{335544320});
  CHECK(hosted.loads[1].kv_cache == Bytes{301989888});
  CHECK(hosted.loads[0].compute == Bytes{135792640});
  CHECK(hosted.loads[1].compute == Bytes{113256576});
  CHECK(hosted.host.weights == Bytes{2004353024});
  CHECK(hosted.host.kv_cache == Bytes{436207616});
  CHECK(hosted.host.layers == 13);
}
