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
  double expert_scale = 1;  ///< of `BlockLoad::experts`: how the devices' kernels pad them
};

/// The split as it is dealt: what has no known layers is divided evenly over all devices.
Split dealt_split(const Pieces& pieces, const Split& split, std::size_t devices);

StageSums sum_stage(const Pieces& pieces, const StageRange& range, const Split& split);

/// Whether vLLM gives each of `ranks` ranks a copy of one of the layer's KV heads, because there
/// are fewer of them (vllm/model_executor/layers/linear.py, QKVParallelLinear).
bool kv_heads_copied(const Layer& layer, std::int64_t ranks);

/// Bytes of a layer's cache or state on one of `ranks` ranks; vLLM's are counted on a rank from the
/// start.
Bytes rank_cache(Engine engine, Bytes cache, std::int64_t ranks);

/// What the engine takes on each of `devices`, from what it takes on one that works alone.
Bytes device_runtime(const Workload& workload, Bytes alone, std::size_t devices);

/// vLLM's share of a device: utilization x total.
Bytes vllm_share(const Workload& workload, const Device& device);

/// What is free when vLLM starts: all but the CUDA context, and but what others hold.
Bytes free_at_start(const Workload& workload, const Device& device);

/// What a device offers to a workload: all that is usable, or vLLM's share of it; nothing where
/// vLLM refuses to start because less than its share is free.
Bytes available(const Workload& workload, const Device& device);

/// What is left of a device that holds `load`; under vLLM's kv-cache-memory-bytes the cache has to
/// fit into those, and they beside the rest into the device.
Bytes headroom(const Workload& workload, Bytes available, Bytes cache, Bytes others);

/// The workload with what vLLM makes of the first device: its defaults, its platform.
Workload on_devices(const Workload& workload, std::span<const Device> devices);

}  // namespace llmfit::placement
