// SPDX-License-Identifier: MIT
#include "placement/stages.hpp"

#include <cstdint>

namespace llmfit::placement {
namespace {

/// Memory of each stage's first device, summed up to and including that stage, in MiB so that
/// products with a layer count cannot overflow.
std::vector<std::int64_t> cumulative_memory(const Split& split, std::span<const Device> devices) {
  std::vector<std::int64_t> sums;
  sums.reserve(static_cast<std::size_t>(split.pipeline));
  std::int64_t sum = 0;
  for (std::size_t stage = 0; stage < static_cast<std::size_t>(split.pipeline); ++stage) {
    const auto device = stage * static_cast<std::size_t>(split.tensor);
    sum += device < devices.size() ? devices[device].usable.count() >> 20 : 1;
    sums.push_back(sum);
  }
  return sums;
}

/// The first stage whose share of all memory lies above unit / units.
std::size_t stage_of_unit(const std::vector<std::int64_t>& sums, std::size_t unit,
                          std::size_t units) {
  std::size_t stage = 0;
  while (stage + 1 < sums.size() && sums[stage] * static_cast<std::int64_t>(units) <=
                                        sums.back() * static_cast<std::int64_t>(unit)) {
    ++stage;
  }
  return stage;
}

/// Units go to devices by their share of the memory (llama.cpp: src/llama-model.cpp). The output is
/// a unit of its own there, after the last block.
std::vector<StageRange> by_memory(std::size_t layers, std::size_t units, const Split& split,
                                  std::span<const Device> devices) {
  const auto sums = cumulative_memory(split, devices);
  std::vector<StageRange> stages(sums.size());
  std::size_t stage = 0;
  for (std::size_t unit = 0; unit < layers; ++unit) {
    const auto owner = stage_of_unit(sums, unit, units);
    while (stage < owner) {
      ++stage;
      stages[stage].first = stages[stage].last = unit;
    }
    stages[stage].last = unit + 1;
  }
  while (++stage < stages.size()) stages[stage].first = stages[stage].last = layers;
  stages.front().input = true;
  const auto last = units > layers ? stage_of_unit(sums, layers, units) : stages.size() - 1;
  stages[last].output = true;
  return stages;
}

/// layers / stages each; of the remainder one each to the last stage but one, the one before it …
/// (vLLM: vllm/distributed/utils.py).
std::vector<StageRange> even(std::size_t layers, std::size_t count) {
  std::vector<std::size_t> sizes(count, layers / count);
  for (std::size_t left = layers % count, back = 2; left > 0; --left, ++back) {
    sizes[(count - back % count) % count] += 1;
  }
  std::vector<StageRange> stages(count);
  std::size_t next = 0;
  for (std::size_t stage = 0; stage < count; ++stage) {
    stages[stage].first = next;
    next += sizes[stage];
    stages[stage].last = next;
  }
  stages.front().input = true;
  stages.back().output = true;
  return stages;
}

}  // namespace

std::vector<StageRange> stage_ranges(Engine engine, std::size_t layers, const Split& split,
                                     std::span<const Device> devices) {
  switch (engine) {
    case Engine::llama_cpp:
      return by_memory(layers, layers + 1, split, devices);
    case Engine::transformers:
      return by_memory(layers, layers, split, devices);
    default:
      return even(layers, static_cast<std::size_t>(split.pipeline));
  }
}

}  // namespace llmfit::placement
