// SPDX-License-Identifier: MIT
#include "placement/stages.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "sizing/widths.hpp"

namespace llmfit::placement {
namespace {

/// Memory of each stage's first device, summed up to and including that stage, in MiB so that
/// products with a layer count cannot overflow.
std::vector<std::int64_t> cumulative_memory(const Split& split, std::span<const Device> devices) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(split.pipeline));
  std::int64_t sum = 0;
  for (std::size_t stage = 0; stage < sums.size(); ++stage) {
    const auto device = stage * static_cast<std::size_t>(split.tensor);
    sum += device < devices.size() ? std::max<std::int64_t>(1, devices[device].usable.count() >> 20)
                                   : 1;
    sums[stage] = sum;
  }
  return sums;
}

/// Units go to devices by their share of the memory: unit i to the first device whose cumulative
/// share lies above i / units (llama.cpp: src/llama-model.cpp). There the output is a unit of its
/// own, after the last block, and so are blocks that only draft.
std::vector<StageRange> by_memory(std::size_t layers, std::size_t units, const Split& split,
                                  std::span<const Device> devices) {
  const auto sums = cumulative_memory(split, devices);
  std::vector<StageRange> stages(sums.size());
  const auto end_of = [&](std::size_t stage) {
    const auto share = sums[stage] * static_cast<std::int64_t>(units);
    return static_cast<std::size_t>(sizing::ceil_div(share, sums.back()));
  };
  std::size_t next = 0;
  bool output_placed = false;
  for (std::size_t stage = 0; stage < stages.size(); ++stage) {
    const auto end = end_of(stage);
    stages[stage].first = next;
    next = std::min(end, layers);
    stages[stage].last = next;
    const bool last = stage + 1 == stages.size();
    stages[stage].output = !output_placed && ((units > layers && end == units) || last);
    output_placed = output_placed || stages[stage].output;
  }
  stages.front().input = true;
  return stages;
}

/// layers / stages each; of the remainder one each to the last stage but one, the one before it …
/// (vLLM: vllm/distributed/utils.py).
std::vector<StageRange> even(std::size_t layers, std::size_t count) {
  const auto base = layers / count;
  const auto remainder = layers % count;
  std::vector<StageRange> stages(count);
  std::size_t next = 0;
  for (std::size_t stage = 0; stage < count; ++stage) {
    const bool one_more = stage + 1 < count && stage + 1 + remainder >= count;
    stages[stage].first = next;
    next += base + (one_more ? 1 : 0);
    stages[stage].last = next;
  }
  stages.front().input = true;
  stages.back().output = true;
  return stages;
}

/// As many layers as were set for each stage.
std::vector<StageRange> as_set(std::span<const std::int32_t> sizes) {
  std::vector<StageRange> stages(sizes.size());
  std::size_t next = 0;
  for (std::size_t stage = 0; stage < stages.size(); ++stage) {
    stages[stage].first = next;
    next += static_cast<std::size_t>(sizes[stage]);
    stages[stage].last = next;
  }
  stages.front().input = true;
  stages.back().output = true;
  return stages;
}

}  // namespace

std::size_t draft_blocks(const Model& model) {
  std::size_t blocks = model.layers.size();
  if (model.arch.mtp_layers == 0) return 0;
  for (const auto& tensor : model.tensors) {
    blocks = std::max(blocks, static_cast<std::size_t>(tensor.layer + 1));
  }
  return blocks - model.layers.size();
}

std::vector<StageRange> stage_ranges(Engine engine, std::size_t layers, const Split& split,
                                     std::span<const Device> devices, std::size_t drafts) {
  switch (engine) {
    case Engine::llama_cpp:
      return by_memory(layers, layers + drafts + 1, split, devices);
    case Engine::exllama:
    case Engine::transformers:
      return by_memory(layers, layers, split, devices);
    default:
      return even(layers, static_cast<std::size_t>(split.pipeline));
  }
}

std::vector<StageRange> stage_ranges(const Model& model, const Workload& workload,
                                     std::size_t layers, const Split& split,
                                     std::span<const Device> devices) {
  const auto& set = workload.vllm.stage_layers;
  const bool fits = !set.empty() && set.size() == static_cast<std::size_t>(split.pipeline) &&
                    std::accumulate(set.begin(), set.end(), std::size_t{0}) == layers;
  if (workload.engine == Engine::vllm && fits) return as_set(set);
  return stage_ranges(workload.engine, layers, split, devices, draft_blocks(model));
}

}  // namespace llmfit::placement
