// SPDX-License-Identifier: MIT
// How vLLM's split is chosen, against every way there is.
#include <array>

#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// One configuration of equal cards under vLLM.
Candidate on_cards(const Model& model, const FitRequest& asked, const std::string& gpu, int count) {
  auto request = asked;
  request.hardware.alternatives = {card(gpu, count)};
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  REQUIRE(result->formats.front().candidates.size() == 1);
  return result->formats.front().candidates.front();
}

/// Whether any split of exactly so many cards fits, tried one by one. Data ranks are only searched
/// where a model has experts, and deal them out.
bool any_fits(const Model& model, const FormatResult& one, std::span<const Device> devices) {
  const auto count = static_cast<std::int32_t>(devices.size());
  for (std::int32_t data = 1; data <= count; ++data) {
    for (std::int32_t tensor = 1; data * tensor <= count; ++tensor) {
      const auto pipeline = count / (data * tensor);
      const Split split{tensor, pipeline, 1, data, data > 1};
      if (split.devices() != count || (data > 1 && pipeline > 1)) continue;
      if (data > 1 && !model.arch.experts) continue;
      if (!split_obstacle(model, *one.choice.format, *one.workload, split).empty()) continue;
      if (place(model, *one.footprint, *one.workload, split, devices).fits) return true;
    }
  }
  return false;
}

struct Load {
  std::int64_t context;
  std::int64_t sequences;
};

}  // namespace

TEST_CASE("the search finds a split where one fits, and one more card keeps it", "[split]") {
  const std::string name = GENERATE("llama3-8b", "qwen2.5-7b", "deepseek-v2-lite", "gemma3-12b");
  const std::string gpu = GENERATE("t4", "l4");
  const auto load = GENERATE(Load{2048, 1}, Load{8192, 100});
  const auto model = model_of(name);
  auto request = request_of(model, {"fp16"}, Engine::vllm);
  request.workload.context = load.context;
  request.workload.sequences = load.sequences;
  bool fewer = false;
  for (int count = 1; count <= 8; ++count) {
    INFO(name << " on " << count << " x " << gpu << ", " << load.context << " x "
              << load.sequences);
    auto alone = request;
    alone.hardware.alternatives = {card(gpu, count)};
    const auto result = fit(Catalog::builtin(), model, alone);
    REQUIRE(result.has_value());
    const auto& one = result->formats.front();
    const auto& candidate = one.candidates.front();
    std::vector<Device> devices;
    for (const auto& device : candidate.devices) {
      devices.push_back({device.usable, device.platform});
    }
    REQUIRE(devices.size() == static_cast<std::size_t>(count));
    CHECK(candidate.holds == (fewer || any_fits(model, one, devices)));
    CHECK(candidate.split.devices() <= count);
    fewer = candidate.holds;
  }
}

TEST_CASE("a copied latent cache is shared out by data ranks where only that fits", "[split]") {
  const auto model = model_of("deepseek-v2-lite");
  auto request = request_of(model, {"fp16"}, Engine::vllm);
  request.workload.context = 32768;
  request.workload.sequences = 32;  // 32 GiB of latent cache on every tensor rank
  const auto candidate = on_cards(model, request, "l40s", 8);
  CHECK(candidate.fits);
  request.workload.split.data = 8;
  request.workload.split.experts = true;
  const auto dealt = on_cards(model, request, "l4", 8);
  CHECK(dealt.split.data == 8);
  CHECK(dealt.split.experts);
  CHECK(dealt.fits);
}

TEST_CASE("as few whole GiB as suffice go to the host, where that is asked for", "[split]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"fp16"}, Engine::vllm);
  CHECK_FALSE(on_cards(model, request, "t4", 1).fits);
  request.workload.offload = Offload::automatic;
  const auto solved = on_cards(model, request, "t4", 1);
  REQUIRE(solved.fits);
  REQUIRE(solved.offload.has_value());
  const auto each = solved.offload->per_device;
  CHECK(each.count() % gib(1).count() == 0);
  CHECK(solved.offload->weights == each);
  CHECK(solved.max_context.value_or(0) >= 4096);
  const auto with = [&](std::int64_t units) {
    auto fixed = request_of(model, {"fp16"}, Engine::vllm);
    fixed.workload.settings = {{"cpu-offload-gb", std::to_string(units)}};
    return on_cards(model, fixed, "t4", 1).fits;
  };
  const auto units = each.count() / gib(1).count();
  CHECK(with(units));
  CHECK_FALSE(with(units - 1));
  CHECK_FALSE(on_cards(model, request, "l4", 1).offload.has_value());
}

TEST_CASE("cards that no split reaches stay idle", "[split]") {
  // Four layers and 31 heads: five cards share neither layers nor heads.
  auto model = model_of("llama3-8b");
  model.layers.resize(4);
  for (auto& layer : model.layers) layer.heads = layer.kv_heads = 31;
  std::vector<Tensor> kept;
  for (const auto& tensor : model.tensors) {
    if (tensor.layer < 4) kept.push_back(tensor);
  }
  model.tensors = kept;
  const auto request = request_of(model, {"fp16"}, Engine::vllm);
  CHECK(on_cards(model, request, "l4", 4).split.pipeline == 4);
  const auto five = on_cards(model, request, "l4", 5);
  CHECK(five.fits);
  CHECK(five.split.devices() == 4);
  CHECK(five.devices.size() == 5);
  CHECK(five.devices[4].load.total() == Bytes{0});
  auto fixed = request;
  fixed.workload.split.pipeline = 5;
  CHECK(on_cards(model, fixed, "l4", 5).reason == Reason::not_divisible);
}

TEST_CASE("in a mixed machine each card is judged by its own memory", "[split]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"fp16"}, Engine::vllm);
  request.hardware.together = {card("rtx-3090", 1), card("rtx-3060-12gb", 1)};
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  const auto& both = result->formats.front().candidates.front();
  CHECK(both.fits);
  CHECK(both.devices[0].load.weights == both.devices[1].load.weights);
  CHECK(tightest(both) == &both.devices[1]);
  request.workload.context = 65536;
  request.workload.sequences = 4;
  const auto more = fit(Catalog::builtin(), model, request);
  CHECK_FALSE(more->formats.front().candidates.front().holds);
}
