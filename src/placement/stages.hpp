// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "llmfit/placement.hpp"

namespace llmfit::placement {

/// The part of a model that one pipeline stage holds: blocks `first` to `last` (not included).
struct StageRange {
  std::size_t first = 0;
  std::size_t last = 0;
  bool input = false;   ///< what comes before the first block
  bool output = false;  ///< final norm and output matrix
};

/// How an engine deals `layers` blocks to the stages of a split; one entry per stage, in order.
/// A stage may come out empty where one device is far smaller than the others.
/// `drafts`: blocks after the last layer that the file holds and the engine deals out, but does not
/// load. `shares`: of the devices, instead of their memory.
std::vector<StageRange> stage_ranges(Engine engine, std::size_t layers, const Split& split,
                                     std::span<const Device> devices, std::size_t drafts = 0,
                                     std::span<const double> shares = {});

/// The shares of devices that somebody asked llama.cpp for; empty: it goes by their memory.
std::span<const double> asked_shares(const Workload& workload);

/// The same for a model and a workload, which may set vLLM's stages one by one.
std::vector<StageRange> stage_ranges(const Model& model, const Workload& workload,
                                     std::size_t layers, const Split& split,
                                     std::span<const Device> devices);

/// Draft blocks among a model's tensors.
std::size_t draft_blocks(const Model& model);

}  // namespace llmfit::placement
