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
    sum += device < devices.size() ? devices[device].usable.count() >> 20 : 1;
    sums[stage] = sum;
  }
  if (sum > 0) return sums;
  for (std::size_t stage = 0; stage < sums.size(); ++stage) {
    sums[stage] = static_cast<std::int64_t>(stage) + 1;
  }
  return sums;
}

/// Units go to devices by their share of the memory: unit i to the first device whose cumulative
/// share lies above i / units (llama.cpp: src/llama-model.cpp). There the output is a unit of its
/// own, after the last block, and so are blocks that only draft.
std::vector<std::size_t> ends_by_memory(const Split& split, std::span<const Device> devices,
                                        std::size_t units) {
  const auto sums = cumulative_memory(split, devices);
  std::vector<std::size_t> ends;
  for (const auto sum : sums) {
    const auto share = sum * static_cast<std::int64_t>(units);
    ends.push_back(static_cast<std::size_t>(sizing::ceil_div(share, sums.back())));
  }
  return ends;
}

/// The same by shares that somebody asked for, in the engine's own single precision.
std::vector<std::size_t> ends_by_shares(std::span<const double> shares, const Split& split,
                                        std::size_t units) {
  std::vector<float> sums;
  float sum = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(split.pipeline); ++i) {
    sum += i < shares.size() ? static_cast<float>(shares[i]) : 0.0F;
    sums.push_back(sum);
  }
  std::vector<std::size_t> ends;
  std::size_t unit = 0;
  for (const auto until : sums) {
    while (unit < units && static_cast<float>(unit) / static_cast<float>(units) < until / sum) {
      ++unit;
    }
    ends.push_back(unit);
  }
  return ends;
}

/// Stages that end with these units.
std::vector<StageRange> dealt(std::size_t layers, std::size_t units,
                              const std::vector<std::size_t>& ends) {
  std::vector<StageRange> stages(ends.size());
  std::size_t next = 0;
  bool output_placed = false;
  for (std::size_t stage = 0; stage < stages.size(); ++stage) {
    const auto end = ends[stage];
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

std::vector<StageRange> by_memory(std::size_t layers, std::size_t units, const Split& split,
                                  std::span<const Device> devices) {
  return dealt(layers, units, ends_by_memory(split, devices, units));
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

std::span<const double> asked_shares(const Workload& workload) {
  if (workload.engine != Engine::llama_cpp) return {};
  return workload.llama_cpp.tensor_split;
}

std::size_t draft_blocks(const Model& model) {
  std::size_t blocks = model.layers.size();
  if (model.arch.mtp_layers == 0) return 0;
  for (const auto& tensor : model.tensors) {
    blocks = std::max(blocks, static_cast<std::size_t>(tensor.layer + 1));
  }
  return blocks - model.layers.size();
}

std::vector<StageRange> stage_ranges(Engine engine, std::size_t layers, const Split& split,
                                     std::span<const Device> devices, std::size_t drafts,
                                     std::span<const double> shares) {
  switch (engine) {
    case Engine::llama_cpp:
      if (!shares.empty()) {
        return dealt(layers, layers + drafts + 1,
                     ends_by_shares(shares, split, layers + drafts + 1));
      }
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
  return stage_ranges(workload.engine, layers, split, devices, draft_blocks(model),
                      asked_shares(workload));
}

}  // namespace llmfit::placement
