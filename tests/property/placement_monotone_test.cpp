// SPDX-License-Identifier: MIT
// A set that fits still fits with more memory, one more equal card, less context, fewer bits or
// fewer sequences, for random models of the catalog.
#include <random>

#include "catch.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

struct Case {
  const Model* model = nullptr;
  Format format;
  WorkloadRequest workload;
  Bytes usable;
  std::int32_t count = 1;
};

/// Absent: it cannot be split so.
std::optional<Placement> placed(const Case& one) {
  const auto engine = Catalog::builtin().engine(one.format.engine);
  auto workload = make_workload(one.workload, one.format.engine, *one.model, engine.utilization);
  REQUIRE(workload.has_value());
  match_dtype(*workload, one.workload, one.format);
  const auto split = choose_split(*one.model, one.format, *workload, one.count, one.count).split;
  if (!split) return std::nullopt;
  const auto weights = weigh(*one.model, one.format);
  REQUIRE(weights.has_value());
  const auto footprint = size(*one.model, *weights, *workload, one.format, engine);
  REQUIRE(footprint.has_value());
  const std::vector<Device> devices(static_cast<std::size_t>(one.count), Device{one.usable});
  return place(*one.model, *footprint, *workload, *split, devices);
}

Bytes fullest(const Placement& placement) {
  Bytes most;
  for (const auto& device : placement.devices) most = std::max(most, device.load.total());
  return most;
}

Bytes most_compute(const Placement& placement) {
  Bytes most;
  for (const auto& device : placement.devices) {
    most = std::max(most, device.load.compute.value_or(Bytes{0}));
  }
  return most;
}

const Format* random_format(std::mt19937& random, Engine engine) {
  std::vector<const Format*> formats;
  for (const auto& format : Catalog::builtin().formats()) {
    if (format.engine == engine) formats.push_back(&format);
  }
  return formats[random() % formats.size()];
}

Engine random_engine(std::mt19937& random, const Model& model) {
  if (model.known_by_size_only) return Engine::params;
  constexpr std::array engines = {Engine::llama_cpp, Engine::llama_cpp, Engine::vllm,
                                  Engine::transformers, Engine::params};
  const auto engine = engines[random() % engines.size()];
  return engine == Engine::llama_cpp && !model.runs_on_llama_cpp ? Engine::transformers : engine;
}

/// A set whose fullest device is full to a random degree.
std::optional<Case> random_case(std::mt19937& random, const Model& model) {
  Case one;
  one.model = &model;
  one.format = *random_format(random, random_engine(random, model));
  const auto limit = model.context_length ? model.context_length->count() : 32768;
  one.workload.context = 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(limit));
  one.workload.sequences = 1 + static_cast<std::int64_t>(random() % 24);
  one.count = static_cast<std::int32_t>(1 + random() % 6);
  one.usable = gib(100000);
  const auto roomy = placed(one);
  if (!roomy) return std::nullopt;
  const auto full = fullest(*roomy).count();
  const auto share = one.format.engine == Engine::vllm ? 0.9 : 1.0;
  const auto slack = 1 + static_cast<double>(random() % 20) / 100;
  one.usable = Bytes{static_cast<std::int64_t>(static_cast<double>(full) * slack / share) + 1};
  return one;
}

/// Runs `check` on random sets that fit, with the number of those it was run on.
template <class Check>
int for_random_sets(unsigned seed, int rounds, Check check) {
  std::mt19937 random(seed);
  const auto models = Catalog::builtin().models();
  int checked = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto model = make_model(models[random() % models.size()]);
    if (!model) continue;
    const auto one = random_case(random, *model);
    if (!one) continue;
    const auto before = placed(*one);
    if (!before || !before->fits) continue;
    INFO(model->id << " " << one->format.id << " under " << to_string(one->format.engine) << ", "
                   << one->count << " devices, " << *one->workload.context << " tokens x "
                   << *one->workload.sequences);
    check(*one, *before, random);
    ++checked;
  }
  return checked;
}

/// It fits, or nothing but the buffers grew.
void fits_but_for_buffers(const Case& changed, const Placement& before) {
  const auto after = placed(changed);
  REQUIRE(after.has_value());
  const bool buffers = most_compute(*after) > most_compute(before);
  CHECK((after->fits || buffers));
}

}  // namespace

TEST_CASE("a set that fits still fits with more memory", "[monotone]") {
  const int checked = for_random_sets(1, 150, [](Case one, const Placement&, std::mt19937& random) {
    one.usable = Bytes{one.usable.count() / 100 * (101 + static_cast<int>(random() % 100))};
    const auto after = placed(one);
    REQUIRE(after.has_value());
    CHECK(after->fits);
  });
  CHECK(checked > 80);
}

TEST_CASE("a set that fits still fits with less context", "[monotone]") {
  const int checked = for_random_sets(2, 150, [](Case one, const Placement&, std::mt19937& random) {
    const auto context = *one.workload.context;
    one.workload.context = 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(context));
    const auto after = placed(one);
    REQUIRE(after.has_value());
    CHECK(after->fits);
  });
  CHECK(checked > 80);
}

// llama.cpp rounds its batch up to a multiple of the sequences (513 tokens for 3 of them, 512 for
// 4), so that its buffers may grow where sequences become fewer.
TEST_CASE("a set that fits still fits with fewer sequences", "[monotone]") {
  const int checked =
      for_random_sets(3, 150, [](Case one, const Placement& before, std::mt19937& random) {
        const auto sequences = static_cast<unsigned>(*one.workload.sequences);
        one.workload.sequences = 1 + static_cast<std::int64_t>(random() % sequences);
        if (one.format.engine == Engine::llama_cpp) return fits_but_for_buffers(one, before);
        const auto after = placed(one);
        REQUIRE(after.has_value());
        CHECK(after->fits);
      });
  CHECK(checked > 80);
}

TEST_CASE("a set that fits still fits with fewer bits", "[monotone]") {
  const int checked = for_random_sets(4, 150, [](Case one, const Placement&, std::mt19937& random) {
    const auto before = weigh(*one.model, one.format);
    const auto* smaller = random_format(random, one.format.engine);
    const auto after = weigh(*one.model, *smaller);
    if (!before || !after) return;
    // The cache and its type may follow the format (match_dtype): only the weights are to change.
    one.workload.kv_type = one.format.engine == Engine::vllm ? "fp8" : "f16";
    const auto old = placed(one);
    if (!old || !old->fits) return;
    for (std::size_t i = 0; i < before->blocks.size() && i < after->blocks.size(); ++i) {
      if (after->blocks[i].sharded > before->blocks[i].sharded) return;
      if (after->blocks[i].replicated > before->blocks[i].replicated) return;
    }
    if (after->output.sharded > before->output.sharded) return;
    if (after->input.sharded > before->input.sharded) return;
    one.format = *smaller;
    const auto now = placed(one);
    if (now) CHECK(now->fits);
  });
  CHECK(checked > 80);
}

// Where devices take turns, llama.cpp keeps four copies of every input on each, so its buffers grow
// from one device to two.
TEST_CASE("a set that fits still fits with one more equal card", "[monotone]") {
  const int checked = for_random_sets(5, 150, [](Case one, const Placement& before, std::mt19937&) {
    ++one.count;
    if (!placed(one)) return;  // it does not divide by so many
    fits_but_for_buffers(one, before);
  });
  CHECK(checked > 80);
}
