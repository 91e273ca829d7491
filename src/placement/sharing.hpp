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
  Bytes on_host;  ///< of the blocks' weights, what cpu-offload-gb moves there
};

/// Blocks of a model with the engine that holds them.
struct Pieces {
  const Model& model;
  Engine engine = Engine::llama_cpp;
  const BlockLoad& input;
  std::span<const BlockLoad> blocks;
  const BlockLoad& output;
  double expert_scale = 1;  ///< of `BlockLoad::experts`: how the devices' kernels pad them
  Bytes cpu_offload{};      ///< of each rank's blocks
};

/// Ranks that share the routed experts of a layer.
std::int64_t expert_ranks(const Split& split);

/// Whole experts of `count` that one of `ranks` ranks holds: the first ranks one of the remainder
/// each (vLLM: vllm/model_executor/layers/fused_moe/layer.py).
std::int64_t experts_held(std::int64_t count, std::int64_t ranks, std::int64_t rank);

/// Where a rank of a stage stands among the devices: data ranks outside, then stages, then tensor
/// ranks (vllm/distributed/parallel_state.py). `rank` counts data x tensor.
std::size_t device_of(const Split& split, std::int64_t stage, std::int64_t rank);

/// The split as it is dealt: what has no known layers is divided evenly over all devices.
Split dealt_split(const Pieces& pieces, const Split& split, std::size_t devices);

/// Whether a rank takes what the one before it in the stage takes: experts that are dealt out whole
/// and mixed devices make them differ. False of the first.
bool takes_the_same(const Model& model, const Split& split, std::span<const Device> devices,
                    std::int64_t stage, std::int64_t rank);

/// Of one of the stage's `expert_ranks`; they differ where experts are dealt out whole.
StageSums sum_stage(const Pieces& pieces, const StageRange& range, const Split& split,
                    std::int64_t rank = 0);

/// Whether vLLM gives each of `ranks` ranks a copy of one of the layer's KV heads, because there
/// are fewer of them (vllm/model_executor/layers/linear.py, QKVParallelLinear).
bool kv_heads_copied(const Layer& layer, std::int64_t ranks);

/// Bytes of a layer's cache or state on one of `ranks` ranks; vLLM's are counted on a rank from the
/// start.
Bytes rank_cache(Engine engine, Bytes cache, std::int64_t ranks);

/// What the engine takes on each of `devices`, from what it takes on one that works alone.
Bytes device_runtime(const Workload& workload, Bytes alone, std::size_t devices);

/// Whether llama.cpp leaves all devices but one alone (split-mode none), and which one works.
bool works_on_one(const Workload& workload);
std::size_t main_device(const Workload& workload, std::size_t devices);

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

/// The split with what the workload says about experts, whoever made it.
Split settled(const Workload& workload, Split split);

/// What one of the split's data ranks has to hold of so many sequences.
std::int64_t rank_sequences(const Split& split, std::int64_t sequences);

/// The workload of one data rank, with what vLLM makes of the first device: its defaults, its
/// platform.
Workload on_devices(const Workload& workload, const Split& split, std::span<const Device> devices);

/// How the kernels of a platform pad the routed experts of a rank, against those that the weights
/// stand for.
double expert_scale(const Model& model, const Workload& workload, const Split& split,
                    Platform platform);

}  // namespace llmfit::placement
