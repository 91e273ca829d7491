// SPDX-License-Identifier: MIT
#include "render/split_text.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "render/fit_view.hpp"

namespace llmfit::render {
namespace {

void add_size(std::string& text, std::string_view name, std::int64_t size) {
  if (size == 1) return;
  text.append(text.empty() ? "" : " × ").append(name).append(" ").append(std::to_string(size));
}

std::string parallel_sizes(const Candidate& candidate) {
  const auto& split = candidate.split;
  std::string text;
  add_size(text, "dp", split.data);
  add_size(text, "tp", split.tensor);
  add_size(text, "pp", split.pipeline);
  if (expert_parallel(candidate) > 1) text += ", ep " + std::to_string(expert_parallel(candidate));
  return text.empty() ? "1 card" : text;
}

std::int64_t layer_count(const DevicePlacement& device) {
  return device.layers ? device.layers->last - device.layers->first + 1 : 0;
}

/// "layers 12+10", "10 layers each", "layers 9 to 11 each" where there are many.
std::string layers_each(const Candidate& candidate) {
  constexpr std::size_t few = 4;
  const auto& devices = candidate.devices;
  const auto [least, most] = std::minmax_element(
      devices.begin(), devices.end(),
      [](const auto& a, const auto& b) { return layer_count(a) < layer_count(b); });
  const auto low = std::to_string(layer_count(*least));
  const auto high = std::to_string(layer_count(*most));
  if (high == "0") return {};
  if (low == high) return low + (low == "1" ? " layer each" : " layers each");
  if (devices.size() > few) return "layers " + low + " to " + high + " each";
  std::string text;
  for (const auto& device : devices) {
    text.append(text.empty() ? "layers " : "+").append(std::to_string(layer_count(device)));
  }
  return text;
}

bool same_part(const DevicePlacement& a, const DevicePlacement& b) {
  return a.layers == b.layers && a.usable == b.usable && a.headroom == b.headroom &&
         a.replicated == b.replicated && a.load.weights == b.load.weights &&
         a.load.total() == b.load.total();
}

/// The card that each device of a set is.
std::vector<const GpuRecord*> cards_of(const Candidate& candidate) {
  std::vector<const GpuRecord*> cards;
  for (const auto& part : candidate.gpus) {
    const auto count = static_cast<std::size_t>(std::max(1.0, part.count));
    cards.insert(cards.end(), count, part.gpu);
  }
  cards.resize(candidate.devices.size(), candidate.gpus.back().gpu);
  return cards;
}

/// "1", "1 to 4".
std::string range_text(std::size_t first, std::size_t last) {
  if (first == last) return std::to_string(first);
  return std::to_string(first) + " to " + std::to_string(last);
}

std::string layers_text(const DevicePlacement& device) {
  if (!device.layers) return "none";
  return range_text(static_cast<std::size_t>(device.layers->first),
                    static_cast<std::size_t>(device.layers->last));
}

std::vector<Cell> device_cells(const DevicePlacement& device, std::string numbers,
                               const GpuRecord& card) {
  const auto& load = device.load;
  const Bytes none{0};
  const auto cache = load.kv_cache.value_or(none) + load.state.value_or(none);
  return {Text{std::move(numbers)},
          Text{std::string(card.name)},
          Text{layers_text(device)},
          needed_cell(load.weights),
          needed_cell(cache),
          needed_cell(load.compute.value_or(none) + load.runtime.value_or(none)),
          needed_cell(load.total()),
          available_cell(device.usable),
          needed_cell(device.replicated)};
}

Table device_table(const Candidate& candidate) {
  Table table;
  table.columns = {{"device", "cards", Align::left, 0, {}, false},
                   {"gpu", "card", Align::left, 1, {}, false},
                   {"layers", "layers", Align::left, 0, {}, false},
                   {"weights_bytes", "weights", Align::right, 0, {}, false},
                   {"kv_cache_bytes", "KV cache", Align::right, 0, {}, false},
                   {"other_bytes", "other", Align::right, 2, {}, false},
                   {"total_bytes", "used", Align::right, 0, {}, false},
                   {"usable_bytes", "of usable GiB", Align::right, 0, " / ", false},
                   {"replicated_bytes", "copies", Align::right, 0, {}, false}};
  const auto& devices = candidate.devices;
  const auto cards = cards_of(candidate);
  for (std::size_t first = 0; first < devices.size();) {
    auto last = first;
    while (last + 1 < devices.size() && cards[last + 1] == cards[first] &&
           same_part(devices[first], devices[last + 1])) {
      ++last;
    }
    table.rows.push_back(
        device_cells(devices[first], range_text(first + 1, last + 1), *cards[first]));
    first = last + 1;
  }
  return table;
}

}  // namespace

std::int64_t expert_parallel(const Candidate& candidate) {
  const auto& split = candidate.split;
  return split.experts ? std::int64_t{split.data} * split.tensor : 1;
}

std::int64_t idle_cards(const Candidate& candidate) {
  if (candidate.devices.empty()) return 0;
  return static_cast<std::int64_t>(candidate.devices.size()) - candidate.split.devices();
}

std::string split_text(const Candidate& candidate, Engine engine) {
  if (candidate.devices.size() < 2) return {};
  if (engine == Engine::params) return "even";
  const bool sizes = engine == Engine::vllm || candidate.split.tensor > 1;
  auto text = sizes ? parallel_sizes(candidate) : layers_each(candidate);
  if (const auto idle = idle_cards(candidate); idle > 0) {
    text += ", " + std::to_string(idle) + " idle";
  }
  return text;
}

std::vector<Section> device_sections(const std::vector<Candidate>& candidates, Engine engine) {
  std::vector<Section> sections;
  for (const auto& candidate : candidates) {
    if (candidate.devices.size() < 2 || candidate.gpus.empty()) continue;
    const auto count =
        candidate.gpus.size() == 1 ? base::shortest(card_count(candidate)) + " x " : std::string{};
    sections.push_back({count + card_name(candidate) + ": " + split_text(candidate, engine),
                        device_table(candidate)});
  }
  return sections;
}

}  // namespace llmfit::render
