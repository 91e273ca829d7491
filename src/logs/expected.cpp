// SPDX-License-Identifier: MIT
#include "logs/expected.hpp"

#include <algorithm>
#include <cmath>

#include "llmfit/placement.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/widths.hpp"

namespace llmfit::logs {
namespace {

namespace engine = sizing::llama_cpp;

/// Sums over blocks; a cache of windowed layers stands apart.
struct Sums {
  Bytes weights;
  Bytes cache;
  Bytes window_cache;
  Bytes state;

  void add(const BlockLoad& block) {
    weights += block.sharded + block.replicated;
    state += block.state;
  }
};

Sums sum_blocks(const Sheet& sheet, std::size_t first, std::size_t last) {
  Sums sums;
  const auto& blocks = sheet.footprint.blocks;
  const auto& layers = sheet.question.model.layers;
  const bool windows = engine::keeps_windows(sizing::widths_of(sheet.question.model));
  for (auto i = first; i < std::min(last, blocks.size()); ++i) {
    sums.add(blocks[i]);
    const bool windowed = windows && i < layers.size() && layers[i].window > 0;
    (windowed ? sums.window_cache : sums.cache) += blocks[i].kv_cache;
  }
  return sums;
}

bool knows(const Sheet& sheet, TermKind kind) { return sheet.footprint.of(kind).has_value(); }

std::optional<Band> if_known(const Sheet& sheet, TermKind kind, Bytes bytes) {
  return knows(sheet, kind) ? std::optional(scaled(sheet.footprint, kind, bytes)) : std::nullopt;
}

/// Cache and state of a run of blocks.
Expected expected_of(const Sheet& sheet, const Sums& sums) {
  Expected expected;
  expected.weights = within(sums.weights, weights_thousandths);
  expected.cache = if_known(sheet, TermKind::kv_cache, sums.cache);
  if (sums.window_cache > Bytes{0}) {
    expected.window_cache = if_known(sheet, TermKind::kv_cache, sums.window_cache);
  }
  expected.state = if_known(sheet, TermKind::state, sums.state);
  return expected;
}

/// What the engine computes its buffers for: builds that do not tell how many outputs they plan
/// plan for all of a batch.
struct Graph {
  explicit Graph(const Sheet& sheet)
      : widths(sizing::widths_of(sheet.question.model)),
        batch(engine::batch_of(sheet.question.model, sheet.question.workload)) {
    const auto outputs = sheet.question.facts.outputs.value_or(batch.tokens);
    batch.outputs = std::clamp<std::int64_t>(outputs, 1, std::max<std::int64_t>(1, batch.tokens));
  }
  sizing::Widths widths;
  engine::Batch batch;
};

std::optional<Band> card_compute(const Sheet& sheet, Stage stage) {
  if (sheet.question.facts.fork || !knows(sheet, TermKind::compute)) return std::nullopt;
  const Graph graph(sheet);
  const sizing::CacheRule rule(sheet.question.model, graph.widths, sheet.question.workload);
  return compute_band(rule, engine::compute(rule, graph.widths, graph.batch, stage));
}

/// The host's part of the graph: all of it without cards, the pinned buffer beside them.
std::optional<Band> host_compute(const Sheet& sheet, Offload offload, std::size_t count) {
  const bool alone = offload == Offload::none && count == 0;
  // Of several devices other backends take turns in other ways.
  const bool several = count > 1 && !has_other_backend(sheet.question.facts);
  const bool beside = offload == Offload::all && (count == 1 || several);
  if (sheet.question.facts.fork || !knows(sheet, TermKind::compute)) return std::nullopt;
  if (!alone && !beside) return std::nullopt;
  const Graph graph(sheet);
  sizing::CacheRule rule(sheet.question.model, graph.widths, sheet.question.workload);
  if (beside)
    return compute_band(rule, engine::pinned_buffer(rule, graph.widths, graph.batch, count));
  rule.flash_attention = engine::flash_attention_on_host(sheet.question.workload);
  return compute_band(rule, engine::compute_on_host(rule, graph.widths, graph.batch));
}

std::optional<Bytes> free_memory(const LogFacts& facts, const std::string& name) {
  for (const auto& device : facts.devices) {
    if (device.name == name) return device.free;
  }
  return std::nullopt;
}

/// Sizes under which the devices get as many layers as their shares of the cache say; the output
/// goes to the last of them. Empty where some device has no cache.
std::vector<Device> devices_by_cache(const Sheet& sheet, const std::vector<std::string>& names) {
  std::vector<double> held;
  double sum = 0;
  for (const auto& name : names) {
    const auto cache = measured_on(sheet.question.facts, Measure::kv_cache, name);
    if (!cache || cache->amount <= 0) return {};
    held.push_back(cache->amount);
    sum += cache->amount;
  }
  const auto layers = static_cast<double>(sheet.footprint.blocks.size());
  std::vector<Device> devices;
  for (const auto cache : held) {
    const auto units = std::llround(cache / sum * layers) + (devices.size() + 1 == held.size());
    devices.push_back(Device{gib(units)});
  }
  return devices;
}

/// Free memory decides who gets which layers. Where the log does not tell it, its cache does, and
/// where it has none all devices are alike.
std::vector<Device> devices_of(Sheet& sheet, const std::vector<std::string>& names) {
  std::vector<Device> devices;
  for (const auto& name : names) {
    if (const auto free = free_memory(sheet.question.facts, name)) devices.push_back({*free});
  }
  if (devices.size() == names.size()) return devices;
  devices = devices_by_cache(sheet, names);
  if (devices.empty()) devices.assign(names.size(), Device{gib(1)});
  sheet.note(NoteCode::verify_split_unknown);
  return devices;
}

/// The output counts as the first offloaded layer, then come the last blocks
/// (llama.cpp v0.5.0: src/llama-model.cpp).
std::size_t first_on_card(const Sheet& sheet) {
  const auto blocks = sheet.footprint.blocks.size();
  const auto offloaded = static_cast<std::size_t>(
      std::max<std::int64_t>(1, sheet.question.facts.offloaded.value_or(1)));
  return blocks + 1 > offloaded ? blocks + 1 - offloaded : 0;
}

}  // namespace

engine::Batch planned_batch(const Sheet& sheet) { return Graph(sheet).batch; }

Band compute_band(const sizing::CacheRule& rule, Bytes bytes) {
  const auto band = engine::band(rule, bytes);
  return {number(band.low), number(bytes), number(band.high), Basis::estimate};
}

/// Everything on the cards: one takes all, several share by layers.
std::vector<Expected> on_cards(Sheet& sheet, const std::vector<std::string>& names) {
  if (names.size() == 1) {
    auto expected = expected_of(sheet, sum_blocks(sheet, 0, sheet.footprint.blocks.size()));
    expected.weights =
        within(sheet.footprint.of(TermKind::weights).value_or(Bytes{0}), weights_thousandths);
    expected.compute = card_compute(sheet, Stage{});
    return {expected};
  }
  const auto count = static_cast<std::int32_t>(names.size());
  const auto devices = devices_of(sheet, names);
  std::vector<Expected> result;
  for (const auto& load : share(sheet.question.model, sheet.footprint, sheet.question.workload,
                                Split{1, count, 1}, devices)) {
    Expected expected;
    expected.weights = within(load.weights, weights_thousandths);
    if (load.kv_cache) expected.cache = scaled(sheet.footprint, TermKind::kv_cache, *load.kv_cache);
    if (load.state) expected.state = scaled(sheet.footprint, TermKind::state, *load.state);
    const auto index = static_cast<std::int32_t>(result.size());
    expected.compute = card_compute(sheet, Stage{index, count, 1});
    result.push_back(expected);
  }
  return result;
}

Expected part_on_card(const Sheet& sheet) {
  auto sums = sum_blocks(sheet, first_on_card(sheet), sheet.footprint.blocks.size());
  sums.add(sheet.footprint.output);
  return expected_of(sheet, sums);
}

Expected on_host(const Sheet& sheet, Offload offload, std::size_t card_count) {
  Expected expected;
  if (offload == Offload::all) {
    expected.weights = within(sheet.weights.host, weights_thousandths);
  } else {
    const bool part = offload == Offload::part;
    auto sums = sum_blocks(sheet, 0, part ? first_on_card(sheet) : sheet.footprint.blocks.size());
    const auto whole = sheet.weights.tensor_bytes - sheet.weights.draft;
    sums.weights = part ? sums.weights + sheet.weights.host : whole;
    expected = expected_of(sheet, sums);
  }
  expected.compute = host_compute(sheet, offload, card_count);
  return expected;
}

Expected of_whole(const Sheet& sheet) {
  return expected_of(sheet, sum_blocks(sheet, 0, sheet.footprint.blocks.size()));
}

std::optional<Band> output_buffer(const Sheet& sheet) {
  const auto& question = sheet.question;
  if (question.model.known_by_size_only) return std::nullopt;
  return exact(engine::output_buffer(question.model, sizing::widths_of(question.model),
                                     question.workload.sequences));
}

}  // namespace llmfit::logs
