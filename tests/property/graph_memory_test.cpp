// SPDX-License-Identifier: MIT
// Short cuts over the replays of llama.cpp's graphs: what is remembered for one range of blocks and
// given for another is what a replay of that one gives, and bounds hold the figure.
#include <random>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/catalog.hpp"
#include "sizing/compute_graph.hpp"
#include "sizing/widths.hpp"

using namespace llmfit;
using namespace llmfit::sizing;
using namespace llmfit::sizing::llama_cpp;

namespace {

/// The part of one of several devices, as a split over them has it.
GraphSetting random_setting(std::mt19937& random, const Model& model) {
  const auto blocks = model.layers.size();
  GraphSetting setting;
  setting.tokens = 512 + static_cast<std::int64_t>(random() % 256);
  setting.sequences = 1 + static_cast<std::int64_t>(random() % 128);
  setting.outputs = std::min(setting.tokens, setting.sequences);
  setting.streams = setting.sequences;
  setting.cells = 256 * (1 + static_cast<std::int64_t>(random() % 64));
  setting.window_cells = std::min<std::int64_t>(setting.cells, 1536);
  setting.end_block = blocks;
  const auto devices = 1 + random() % 6;
  if (devices == 1 || blocks < devices) return setting;
  const auto index = random() % devices;
  setting.copies = 4;
  setting.first_block = index * blocks / devices;
  setting.end_block = index + 1 == devices ? blocks : (index + 1) * blocks / devices;
  return setting;
}

std::optional<Model> random_model(std::mt19937& random) {
  const auto records = Catalog::builtin().models();
  const auto model = make_model(records[random() % records.size()]);
  if (!model || !model->runs_on_llama_cpp || model->layers.empty()) return std::nullopt;
  return *model;
}

}  // namespace

TEST_CASE("bounds of a graph's buffer hold it", "[graph]") {
  std::mt19937 random(7);
  int bounded = 0;
  for (int round = 0; round < 400; ++round) {
    const auto model = random_model(random);
    if (!model) continue;
    const auto widths = widths_of(*model);
    auto setting = random_setting(random, *model);
    for (int i = 0; i < 6; ++i) {
      setting.sequences = setting.streams = 1 + static_cast<std::int64_t>(random() % 200);
      setting.outputs = std::min(setting.tokens, setting.sequences);
      ComputeGuess least{false, false};
      ComputeGuess most{true, false};
      const auto low = graph_buffer(*model, widths, setting, &least);
      const auto high = graph_buffer(*model, widths, setting, &most);
      const auto exact = graph_buffer(*model, widths, setting);
      INFO(model->id << " " << setting.tokens << " tokens, " << setting.sequences << " sequences");
      CHECK(low <= exact);
      CHECK(exact <= high);
      bounded += least.used && low > Bytes{0} ? 1 : 0;
    }
  }
  CHECK(bounded > 100);
}

TEST_CASE("a remembered buffer is that of a replay", "[graph]") {
  std::mt19937 random(8);
  int compared = 0;
  for (int round = 0; round < 600; ++round) {
    const auto model = random_model(random);
    if (!model) continue;
    const auto setting = random_setting(random, *model);
    const auto widths = widths_of(*model);
    INFO(model->id << " blocks " << setting.first_block << " to " << setting.end_block << " of "
                   << model->layers.size() << ", " << setting.tokens << " tokens, "
                   << setting.outputs << " outputs, " << setting.cells << " cells");
    CHECK(graph_buffer(*model, widths, setting) == replay_graph(*model, setting));
    ++compared;
  }
  CHECK(compared > 300);
}
