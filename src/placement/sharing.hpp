// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "llmfit/placement.hpp"
#include "placement/stages.hpp"
#include "sizing/parts.hpp"

/// The one rule by which devices get their parts: behind `share` and behind the inverse searches.
namespace llmfit::placement {

/// What the blocks of a stage bring to each of its ranks.
struct StageSums {
  Bytes weights;
  Bytes cache;
  Bytes state;
};

/// Blocks of a model with the engine that holds them.
struct Pieces {
  const Model& model;
  Engine engine = Engine::llama_cpp;
  const BlockLoad& input;
  std::span<const BlockLoad> blocks;
  const BlockLoad& output;
};

/// The split as it is dealt: what has no known layers is divided evenly over all devices.
Split dealt_split(const Pieces& pieces, const Split& split, std::size_t devices);

StageSums sum_stage(const Pieces& pieces, const StageRange& range, const Split& split);

/// Whether vLLM gives each of `ranks` ranks a copy of one of the layer's KV heads, because there
/// are fewer of them (vllm/model_executor/layers/linear.py, QKVParallelLinear).
bool kv_heads_copied(const Layer& layer, std::int64_t ranks);

/// Bytes of a layer's cache on one of `ranks` ranks.
Bytes rank_cache(Engine engine, const Layer& layer, Bytes cache, std::int64_t ranks);

/// Bytes of a layer's state on one of `ranks` ranks: channels and heads are divided.
Bytes rank_state(Bytes state, std::int64_t ranks);

/// What the engine takes on each of `devices`, from what it takes on one that works alone.
Bytes device_runtime(Engine engine, Bytes alone, std::size_t devices);

/// What a device offers to a workload: all that is usable, or vLLM's share of it.
Bytes available(const Workload& workload, const Device& device);

/// Whether vLLM's cache on these devices differs from that on a small one: it keeps the tokens in
/// flight on windowed layers, and larger devices have more of them.
bool cache_depends_on_device(const Workload& workload, const sizing::Widths& widths,
                             std::span<const Device> devices);

}  // namespace llmfit::placement
