// SPDX-License-Identifier: MIT
// What goes to host memory only ever moves: more layers on cards never take more of the host, what
// a search finds fits and is the most that does, and no weight is lost on the way.
#include <string>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "placement/hosted.hpp"
#include "sizing/weight_loads.hpp"

using namespace llmfit;

namespace {

const Format& q4() { return *Catalog::builtin().find_format(Engine::llama_cpp, "q4_k_m"); }

struct Subject {
  explicit Subject(std::string_view name)
      : model(make_model(*Catalog::builtin().find_model(name)).value()),
        weights(weigh(model, q4()).value()) {}
  Model model;
  Weights weights;
};

Situation situation_of(const Subject& subject, const Workload& workload,
                       std::span<const Device> devices) {
  const auto count = static_cast<std::int32_t>(devices.size());
  return {subject.model,
          subject.weights,
          workload,
          q4(),
          Catalog::builtin().engine(Engine::llama_cpp),
          devices,
          Split{1, count, 1}};
}

std::vector<Device> cards(std::size_t count, std::int64_t gibibytes) {
  return std::vector<Device>(count, Device{gib(gibibytes)});
}

Bytes weights_on(const placement::Hosted& hosted) {
  Bytes sum = hosted.host.weights;
  for (const auto& load : hosted.loads) sum += load.weights;
  return sum;
}

constexpr const char* subjects[] = {"llama3-8b", "gemma2-9b", "qwen3-30b-a3b", "falcon-h1-7b"};

}  // namespace

TEST_CASE("more layers on cards never take more of the host nor less of the cards", "[property]") {
  for (const auto* name : subjects) {
    const Subject subject(name);
    const auto devices = cards(2, 64);
    Workload workload;
    const auto situation = situation_of(subject, workload, devices);
    const placement::HostedPlacer placer(situation);
    auto host = Bytes::max();
    Bytes on_cards;
    for (std::size_t layers = 0; layers <= subject.model.layers.size(); ++layers) {
      INFO(name << " with " << layers << " layers on cards");
      workload.llama_cpp.gpu_layers = static_cast<std::int32_t>(layers);
      const auto hosted = placer.place(workload);
      const auto held = hosted.host.weights + hosted.host.kv_cache + hosted.host.state;
      CHECK(held <= host);
      host = held;
      Bytes sum;
      for (const auto& load : hosted.loads) sum += load.weights + *load.kv_cache + *load.state;
      CHECK(sum >= on_cards);
      on_cards = sum;
    }
  }
}

TEST_CASE("every weight lies on a card or on the host, tied ones on both", "[property]") {
  for (const auto* name : subjects) {
    const Subject subject(name);
    const auto devices = cards(1, 64);
    Workload workload;
    const auto situation = situation_of(subject, workload, devices);
    const placement::HostedPlacer placer(situation);
    const auto all = sizing::device_bytes(subject.weights) + subject.weights.host;
    for (const std::int32_t layers : {1, 5, 20}) {
      INFO(name << " with " << layers << " layers on the card");
      workload.llama_cpp.gpu_layers = layers;
      workload.llama_cpp.cpu_moe = layers;
      const auto sum = weights_on(placer.place(workload));
      // Tensors are padded to 128 bytes on a card and to 32 on the host.
      CHECK(sum <= all + mib(1));
      CHECK(sum >= all - mib(1));
    }
  }
}

TEST_CASE("the layers that a search leaves on cards fit, and one more does not", "[property]") {
  for (const auto* name : subjects) {
    const Subject subject(name);
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}}) {
      for (const std::int64_t size : {3, 4, 7}) {
        INFO(name << " on " << count << " x " << size << " GiB");
        const auto devices = cards(count, size);
        Workload workload;
        workload.offload = Offload::layers;
        const auto situation = situation_of(subject, workload, devices);
        const placement::HostedPlacer placer(situation);
        workload.llama_cpp = placer.solve();
        REQUIRE(placer.headroom(workload) >= 0);
        const auto most = sizing::llama_cpp::counted_blocks(subject.model);
        auto& layers = *workload.llama_cpp.gpu_layers;
        if (layers == most) continue;
        ++layers;
        CHECK(placer.headroom(workload) < 0);
      }
    }
  }
}

TEST_CASE("the experts that a search leaves on the host are the fewest that suffice",
          "[property]") {
  const Subject subject("qwen3-30b-a3b");
  for (const std::int64_t size : {4, 8, 12, 16}) {
    INFO(size << " GiB");
    const auto devices = cards(1, size);
    Workload workload;
    workload.offload = Offload::experts;
    const auto situation = situation_of(subject, workload, devices);
    const placement::HostedPlacer placer(situation);
    workload.llama_cpp = placer.solve();
    REQUIRE(placer.headroom(workload) >= 0);
    --workload.llama_cpp.cpu_moe;
    CHECK(placer.headroom(workload) < 0);
  }
}

TEST_CASE("the largest context of a model that lies partly on the host fits", "[property]") {
  for (const auto* name : subjects) {
    INFO(name);
    const Subject subject(name);
    const auto devices = cards(1, 8);
    Workload workload;
    workload.llama_cpp.gpu_layers = 12;
    const auto situation = situation_of(subject, workload, devices);
    const auto most = max_context(situation);
    REQUIRE(most);
    const placement::HostedPlacer placer(situation);
    workload.context = *most;
    CHECK(placer.headroom(workload) >= 0);
    workload.context = *most + 256;
    const auto limit = subject.model.context_length;
    if (!limit || workload.context <= limit->count()) CHECK(placer.headroom(workload) < 0);
  }
}
