// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "logs/compare.hpp"
#include "logs/expected.hpp"
#include "logs/hosted.hpp"
#include "logs/places.hpp"

namespace llmfit::logs {
namespace {

/// CUDA pads each quantized tensor of the cache by the tail of a row, the others do not.
constexpr double cache_thousandths = 0.5;
/// Pages at both ends of a mapped range, and the tensors between.
constexpr double mapped_thousandths = 2;

/// A mapped range begins and ends with tensors of its device and holds all that lie between.
void widen_if_mapped(const Sheet& sheet, std::string_view device, std::optional<Band>& weights) {
  if (!weights || !any_mapped(sheet.question.facts, Measure::weights, device)) return;
  const auto file = number(sheet.weights.tensor_bytes) * (1 + mapped_thousandths / 1000);
  weights->high = std::max(weights->high, file);
  weights->basis = Basis::estimate;
}

/// The device that holds everything, where only one does.
std::string sole_device(const LogFacts& facts) {
  const auto offload = offload_of(facts);
  const auto names = cards(facts);
  if (offload == Offload::none) return std::string(host);
  return offload == Offload::all && names.size() == 1 ? names.front() : std::string();
}

/// A measure on a device; sums that name none belong to the one that holds everything.
std::optional<Measured> measured_at(const LogFacts& facts, Measure measure,
                                    std::string_view device) {
  const bool sums = holders(facts, measure).empty() && device == sole_device(facts);
  return sums ? measured_total(facts, measure) : measured_on(facts, measure, device);
}

void widen_if_padded(const Sheet& sheet, std::string_view device, std::optional<Band>& cache) {
  const auto& workload = sheet.question.workload;
  const bool quantized =
      layout(workload.cache_k).elements > 1 || layout(workload.cache_v).elements > 1;
  if (cache && quantized && !device.starts_with("CUDA")) {
    cache->low *= 1 - cache_thousandths / 1000;
  }
}

/// Layers with a window have lines of their own where the engine gives them their own cache.
void add_caches(Sheet& sheet, std::string_view device, Expected& expected) {
  const auto& facts = sheet.question.facts;
  auto plain = measured_at(facts, Measure::kv_cache, device);
  const auto windows = measured_at(facts, Measure::window_cache, device);
  widen_if_padded(sheet, device, expected.cache);
  widen_if_padded(sheet, device, expected.window_cache);
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

/// Graphs change from build to build, and other backends order them in another way: of 33 buffers
/// in logs of such builds 29 lie between half and twice of what v0.5.0 takes on CUDA.
void widen_if_other_graph(const Sheet& sheet, std::optional<Band>& compute) {
  const auto& facts = sheet.question.facts;
  const bool same = facts.build.find("0.5.0") != std::string::npos && !has_other_backend(facts);
  if (!compute || same) return;
  compute->low = std::min(compute->low, compute->value / 2);
  compute->high = std::max(compute->high, compute->value * 2);
  compute->basis = Basis::estimate;
}

void add_device(Sheet& sheet, std::string_view device, Expected expected) {
  const auto& facts = sheet.question.facts;
  widen_if_mapped(sheet, device, expected.weights);
  widen_if_other_graph(sheet, expected.compute);
  sheet.add(Measure::weights, device, measured_on(facts, Measure::weights, device),
            expected.weights);
  add_caches(sheet, device, expected);
  sheet.add(Measure::state, device, measured_at(facts, Measure::state, device), expected.state);
  sheet.add(Measure::compute, device, measured_on(facts, Measure::compute, device),
            expected.compute);
}

/// Builds that only print sums, where several devices have a part in them.
void add_totals(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  if (!sole_device(facts).empty()) return;
  const auto whole = of_whole(sheet);
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
  const auto whole = of_whole(sheet);
  expected.cache = whole.cache;
  expected.window_cache = whole.window_cache;
}

void add_all(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  const auto names = cards(facts);
  const auto offload = offload_of(facts);
  std::vector<Expected> expected(names.size());
  if (offload == Offload::all) expected = on_cards(sheet, names);
  if (offload == Offload::part && names.size() == 1) expected = {part_on_card(sheet)};
  auto own = on_host(sheet, offload, names.size());
  if (const auto settings = hosted_settings(sheet); settings && expected.size() == 1) {
    const auto bands = hosted_bands(sheet, *settings);
    expected.front().weights = bands.card_weights;
    expected.front().compute = bands.card_compute;
    own.weights = bands.host_weights;
    own.compute = bands.host_compute;
  }
  for (std::size_t i = 0; i < names.size() && i < expected.size(); ++i) {
    if (names.size() == 1) move_cache(sheet, names[i], expected[i]);
    add_device(sheet, names[i], expected[i]);
  }
  // The host's cache under partial offload of several cards depends on what each of them took.
  move_cache(sheet, host, own);
  add_device(sheet, host, own);
  sheet.add(Measure::output, host, measured_on(facts, Measure::output, host), output_buffer(sheet));
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
      return std::to_string(type.tensors) + " tensors of " + base::printable(type.type) +
             " instead of " + std::to_string(own);
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

/// Cards with less and a host with more than expected, but all in all as much: tensors were sent
/// elsewhere by hand.
bool tensors_were_moved(const Sheet& sheet) {
  constexpr double much_the_same = 0.05;
  const auto& facts = sheet.question.facts;
  const auto on_host = measured_on(facts, Measure::weights, host);
  const auto own = number(sheet.weights.host);
  if (offload_of(facts) != Offload::all || !on_host || on_host->amount < 1.01 * own) return false;
  double sum = on_host->amount;
  for (const auto& name : cards(facts)) {
    sum += measured_on(facts, Measure::weights, name).value_or(Measured{}).amount;
  }
  const auto all = number(sheet.footprint.of(TermKind::weights).value_or(Bytes{0})) + own;
  return std::abs(sum - all) < much_the_same * all;
}

void add_notes(Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  const auto types = weights_are_off(sheet.result) ? type_difference(sheet) : std::string();
  const bool moved = weights_are_off(sheet.result) && tensors_were_moved(sheet);
  if (moved) sheet.note(NoteCode::verify_tensors_moved);
  if (!types.empty()) {
    sheet.note(NoteCode::verify_types_differ, {std::string(sheet.question.format.id), types});
  }
  if (facts.fork) sheet.note(NoteCode::verify_fork);
  if (offload_of(facts) == Offload::part) sheet.note(NoteCode::verify_partial_offload);
  if (has_other_backend(facts)) {
    sheet.note(NoteCode::verify_other_backend, {base::printable(cards(facts).front())});
  }
  if (any_mapped(facts, Measure::weights, host)) sheet.note(NoteCode::verify_mapped);
}

}  // namespace

void compare_llama_cpp(Sheet& sheet) {
  add_all(sheet);
  add_notes(sheet);
}

}  // namespace llmfit::logs
