// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/text.hpp"
#include "llmfit/placement.hpp"
#include "logs/compare.hpp"
#include "logs/draft.hpp"
#include "logs/names.hpp"
#include "logs/places.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/widths.hpp"

namespace llmfit::logs {
namespace {

namespace engine = sizing::llama_cpp;

/// Backends align tensors differently, and CUDA pads quantized rows: at most so much was seen
/// between the engine's plans for CPU, CUDA and Vulkan.
constexpr double weights_thousandths = 1;
/// Pages at both ends of a mapped range, and the tensors between.
constexpr double mapped_thousandths = 2;

/// What a device should hold of each kind.
struct Expected {
  std::optional<Band> weights;
  std::optional<Band> cache;
  std::optional<Band> window_cache;  ///< absent: the model has no windows, or they are in `cache`
  std::optional<Band> state;
  std::optional<Band> compute;
};

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

bool keeps_window(const Sheet& sheet, std::size_t block) {
  const auto& layers = sheet.question.model.layers;
  const bool kept = engine::keeps_windows(sizing::widths_of(sheet.question.model));
  return kept && block < layers.size() && layers[block].window > 0;
}

Sums sum_blocks(const Sheet& sheet, std::size_t first, std::size_t last) {
  Sums sums;
  const auto& blocks = sheet.footprint.blocks;
  for (auto i = first; i < std::min(last, blocks.size()); ++i) {
    sums.add(blocks[i]);
    (keeps_window(sheet, i) ? sums.window_cache : sums.cache) += blocks[i].kv_cache;
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

Band compute_band(const sizing::CacheRule& rule, Bytes bytes) {
  const auto band = engine::band(rule, bytes);
  return {number(band.low), number(bytes), number(band.high), Basis::estimate};
}

std::optional<Band> card_compute(const Sheet& sheet, Stage stage) {
  if (sheet.question.facts.fork || !knows(sheet, TermKind::compute)) return std::nullopt;
  const Graph graph(sheet);
  const sizing::CacheRule rule(sheet.question.model, graph.widths, sheet.question.workload);
  return compute_band(rule, engine::compute(rule, graph.widths, graph.batch, stage));
}

/// The host's part of the graph: all of it without cards, the pinned buffer beside one card.
std::optional<Band> host_compute(const Sheet& sheet, Offload offload, std::size_t count) {
  const bool alone = offload == Offload::none && count == 0;
  const bool beside = offload == Offload::all && count == 1;
  if (sheet.question.facts.fork || !knows(sheet, TermKind::compute)) return std::nullopt;
  if (!alone && !beside) return std::nullopt;
  const Graph graph(sheet);
  sizing::CacheRule rule(sheet.question.model, graph.widths, sheet.question.workload);
  if (beside) return compute_band(rule, engine::pinned_buffer(rule, graph.widths, graph.batch));
  rule.flash_attention = engine::flash_attention_on_host(sheet.question.workload);
  return compute_band(rule, engine::compute_on_host(rule, graph.widths, graph.batch));
}

/// Free memory decides who gets which layers; where the log does not tell, all have the same.
std::vector<Device> devices_of(const LogFacts& facts, const std::vector<std::string>& names) {
  std::vector<Device> devices(names.size(), Device{gib(1)});
  std::size_t known = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const auto& logged : facts.devices) {
      if (logged.name != names[i] || !logged.free) continue;
      devices[i].usable = *logged.free;
      ++known;
    }
  }
  if (known != names.size()) std::fill(devices.begin(), devices.end(), Device{gib(1)});
  return devices;
}

/// Everything on the cards: one takes all, several share by layers.
std::vector<Expected> on_cards(const Sheet& sheet, const std::vector<std::string>& names) {
  const auto& [facts, model, format, workload, record, card] = sheet.question;
  if (names.size() == 1) {
    auto expected = expected_of(sheet, sum_blocks(sheet, 0, sheet.footprint.blocks.size()));
    expected.weights = within(sheet.footprint.of(TermKind::weights).value_or(Bytes{0}),
                              weights_thousandths);
    expected.compute = card_compute(sheet, Stage{});
    return {expected};
  }
  const auto count = static_cast<std::int32_t>(names.size());
  const auto devices = devices_of(facts, names);
  std::vector<Expected> result;
  for (const auto& load : share(model, sheet.footprint, workload, Split{1, count, 1}, devices)) {
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

/// The output counts as the first offloaded layer, then come the last blocks
/// (llama.cpp v0.5.0: src/llama-model.cpp).
std::size_t first_on_card(const Sheet& sheet) {
  const auto blocks = sheet.footprint.blocks.size();
  const auto offloaded = static_cast<std::size_t>(
      std::max<std::int64_t>(1, sheet.question.facts.offloaded.value_or(1)));
  return blocks + 1 > offloaded ? blocks + 1 - offloaded : 0;
}

Expected part_on_cards(const Sheet& sheet) {
  auto sums = sum_blocks(sheet, first_on_card(sheet), sheet.footprint.blocks.size());
  sums.add(sheet.footprint.output);
  return expected_of(sheet, sums);
}

Expected on_host(const Sheet& sheet, Offload offload) {
  const auto whole = sheet.weights.tensor_bytes - sheet.weights.draft;
  if (offload == Offload::all) {
    Expected expected;
    expected.weights = within(sheet.weights.host, weights_thousandths);
    return expected;
  }
  const auto last = offload == Offload::part ? first_on_card(sheet) : sheet.footprint.blocks.size();
  auto sums = sum_blocks(sheet, 0, last);
  sums.weights = offload == Offload::part ? sums.weights + sheet.weights.host : whole;
  return expected_of(sheet, sums);
}

/// A mapped range begins and ends with tensors of its device and holds all that lie between.
void widen_if_mapped(const Sheet& sheet, std::string_view device, std::optional<Band>& weights) {
  if (!weights || !any_mapped(sheet.question.facts, Measure::weights, device)) return;
  const auto file = number(sheet.weights.tensor_bytes) * (1 + mapped_thousandths / 1000);
  weights->high = std::max(weights->high, file);
  weights->basis = Basis::estimate;
}

/// Layers with a window have lines of their own where the engine gives them their own cache.
void add_caches(Sheet& sheet, std::string_view device, const Expected& expected) {
  const auto& facts = sheet.question.facts;
  auto plain = measured_on(facts, Measure::kv_cache, device);
  const auto windows = measured_on(facts, Measure::window_cache, device);
  auto band = expected.cache;
  if (windows && expected.window_cache) {
    sheet.add(Measure::kv_cache, device, plain, band);
    sheet.add(Measure::window_cache, device, windows, expected.window_cache);
    return;
  }
  if (windows && plain) {
    plain->amount += windows->amount;
    plain->rounding += windows->rounding;
  }
  if (band && expected.window_cache) {
    band->low += expected.window_cache->low;
    band->value += expected.window_cache->value;
    band->high += expected.window_cache->high;
  }
  sheet.add(Measure::kv_cache, device, plain ? plain : windows, band);
}

void add_device(Sheet& sheet, std::string_view device, Expected expected) {
  const auto& facts = sheet.question.facts;
  widen_if_mapped(sheet, device, expected.weights);
  sheet.add(Measure::weights, device, measured_on(facts, Measure::weights, device),
            expected.weights);
  add_caches(sheet, device, expected);
  sheet.add(Measure::state, device, measured_on(facts, Measure::state, device), expected.state);
  sheet.add(Measure::compute, device, measured_on(facts, Measure::compute, device),
            expected.compute);
}

/// Logs whose lines name no device, and builds that only print sums.
void add_totals(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  const auto whole = expected_of(sheet, sum_blocks(sheet, 0, sheet.footprint.blocks.size()));
  if (holders(facts, Measure::kv_cache).empty()) {
    sheet.add(Measure::kv_cache, {}, measured_total(facts, Measure::kv_cache), whole.cache);
    sheet.add(Measure::window_cache, {}, measured_total(facts, Measure::window_cache),
              whole.window_cache);
  }
  if (holders(facts, Measure::state).empty()) {
    sheet.add(Measure::state, {}, measured_total(facts, Measure::state), whole.state);
  }
}

/// One device that holds the whole cache holds it, wherever the layers are.
void move_cache(const Sheet& sheet, std::string_view device, Expected& expected) {
  if (holders(sheet.question.facts, Measure::kv_cache) != std::vector{std::string(device)}) return;
  const auto whole = expected_of(sheet, sum_blocks(sheet, 0, sheet.footprint.blocks.size()));
  expected.cache = whole.cache;
  expected.window_cache = whole.window_cache;
}

void add_all(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  const auto names = cards(facts);
  const auto offload = offload_of(facts);
  std::vector<Expected> expected(names.size());
  if (offload == Offload::all) expected = on_cards(sheet, names);
  if (offload == Offload::part && names.size() == 1) expected = {part_on_cards(sheet)};
  auto own = on_host(sheet, offload);
  own.compute = host_compute(sheet, offload, names.size());
  for (std::size_t i = 0; i < names.size() && i < expected.size(); ++i) {
    if (names.size() == 1) move_cache(sheet, names[i], expected[i]);
    add_device(sheet, names[i], expected[i]);
  }
  // The host's cache under partial offload of several cards depends on what each of them took.
  move_cache(sheet, host, own);
  add_device(sheet, host, own);
  const auto& question = sheet.question;
  const auto output = engine::output_buffer(question.model, sizing::widths_of(question.model),
                                            question.workload.sequences);
  sheet.add(Measure::output, host, measured_on(facts, Measure::output, host), exact(output));
  add_totals(sheet);
}

/// "q8_0 49 (0)": the first type that the file has more or fewer tensors of than the recipe.
std::string type_difference(const Sheet& sheet) {
  const auto& logged = sheet.question.facts.model.types;
  if (logged.empty() || sheet.question.format.as_stored) return {};
  const auto recipe = tensor_types(sheet.question.model, sheet.question.format);
  for (const auto& type : logged) {
    const auto own = std::count_if(recipe.begin(), recipe.end(), [&](TensorType one) {
      return layout(one).name == base::lower(type.type);
    });
    if (own != type.tensors) {
      return std::to_string(type.tensors) + " of " + base::printable(type.type) + " where it has " +
             std::to_string(own);
    }
  }
  return {};
}

bool weights_are_off(const Verification& result) {
  return std::any_of(result.rows.begin(), result.rows.end(), [](const Comparison& row) {
    return row.measure == Measure::weights &&
           (row.agreement == Agreement::too_low || row.agreement == Agreement::too_high);
  });
}

/// Cards with less and a host with more than expected: tensors were sent elsewhere by hand.
bool tensors_were_moved(const Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  const auto measured = measured_on(facts, Measure::weights, host);
  const bool less = std::any_of(
      sheet.result.rows.begin(), sheet.result.rows.end(), [](const Comparison& row) {
        return row.measure == Measure::weights && row.agreement == Agreement::too_high;
      });
  return offload_of(facts) == Offload::all && less && measured &&
         measured->amount > 1.01 * number(sheet.weights.host);
}

void add_notes(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  const auto names = cards(facts);
  const bool other_backend = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return !name.starts_with("CUDA") && !name.starts_with("ROCm") && name != "GPU";
  });
  const auto types = weights_are_off(sheet.result) ? type_difference(sheet) : std::string();
  if (tensors_were_moved(sheet)) sheet.note(NoteCode::verify_tensors_moved);
  if (!types.empty()) {
    sheet.note(NoteCode::verify_types_differ, {std::string(sheet.question.format.id), types});
  }
  if (facts.fork) sheet.note(NoteCode::verify_fork);
  if (offload_of(facts) == Offload::part) sheet.note(NoteCode::verify_partial_offload);
  if (other_backend) sheet.note(NoteCode::verify_other_backend, {base::printable(names.front())});
  if (any_mapped(facts, Measure::weights, host)) sheet.note(NoteCode::verify_mapped);
}

}  // namespace

void compare_llama_cpp(Sheet& sheet) {
  add_all(sheet);
  add_notes(sheet);
}

}  // namespace llmfit::logs
