// SPDX-License-Identifier: MIT
#include "placement/sharing.hpp"

#include <algorithm>
#include <cmath>

#include "sizing/engine_vllm.hpp"

namespace llmfit::placement {
namespace {

Bytes divided(Bytes bytes, std::int64_t parts) {
  if (parts == 1 || bytes.overflowed()) return bytes;
  return Bytes{sizing::ceil_div(bytes.count(), parts)};
}

Bytes rank_weights(const BlockLoad& load, std::int64_t ranks) {
  return divided(load.sharded, ranks) + load.replicated;
}

struct Sums {
  Bytes weights;
  Bytes cache;
  Bytes state;

  void add(const BlockLoad& load, std::int64_t ranks, bool whole_cache) {
    weights += rank_weights(load, ranks);
    cache += whole_cache ? load.kv_cache : divided(load.kv_cache, ranks);
    state += divided(load.state, ranks);
  }
};

/// Every tensor-parallel rank keeps the whole latent cache; heads are divided.
bool keeps_whole_cache(const Model& model, std::size_t block) {
  return block < model.layers.size() && model.layers[block].kind == LayerKind::mla;
}

Sums stage_sums(const Portions& portions, const StageRange& range, const Split& split) {
  Sums sums;
  const auto ranks = split.tensor;
  for (auto block = range.first; block < range.last; ++block) {
    sums.add(portions.blocks[block], ranks, keeps_whole_cache(portions.model, block));
  }
  if (range.input) sums.add(portions.input, ranks, false);
  if (range.output) sums.add(portions.output, ranks, false);
  // vLLM keeps a tied matrix once on one stage, but the first and the last of several need it.
  const bool second_copy = range.output && !range.input && portions.model.arch.tied_embeddings &&
                           portions.workload.engine == Engine::vllm;
  if (second_copy) sums.weights += divided(portions.input.sharded, ranks);
  return sums;
}

std::optional<Bytes> stage_compute(const Portions& portions, Stage stage, Bytes memory) {
  const sizing::ComputeQuery query{portions.model, portions.widths, portions.workload,
                                   portions.rounding};
  const auto estimate = sizing::compute_estimate(query, stage, memory);
  if (!estimate) return std::nullopt;
  return estimate->bytes;
}

std::optional<Bytes> device_runtime(const Portions& portions, std::size_t devices) {
  if (!portions.runtime || devices == 1 || portions.workload.engine != Engine::vllm) {
    return portions.runtime;
  }
  return *portions.runtime + sizing::vllm::communication();
}

DeviceLoad stage_load(const Portions& portions, const StageRange& range, const Split& split,
                      Stage stage, Bytes memory) {
  const auto sums = stage_sums(portions, range, split);
  DeviceLoad load;
  load.weights = sums.weights;
  if (portions.has_cache) load.kv_cache = sums.cache;
  if (portions.has_state) load.state = sums.state;
  load.compute = stage_compute(portions, stage, memory);
  return load;
}

/// Without layers, or by the plain rule, everything is divided evenly.
DeviceLoad even_load(const Portions& portions, std::int64_t count) {
  Sums sums;
  sums.add(portions.input, count, false);
  sums.add(portions.output, count, false);
  for (const auto& block : portions.blocks) sums.add(block, count, false);
  DeviceLoad load;
  load.weights = sums.weights;
  if (portions.has_cache) load.kv_cache = sums.cache;
  if (portions.has_state) load.state = sums.state;
  const bool share_of_weights = portions.workload.engine == Engine::params;
  if (portions.runtime && share_of_weights) load.runtime = divided(*portions.runtime, count);
  return load;
}

bool divides_evenly(const Portions& portions) {
  return portions.workload.engine == Engine::params || portions.model.layers.empty();
}

}  // namespace

void deal(const Portions& portions, const Split& split, std::span<const Device> devices,
          std::span<const StageRange> stages, std::vector<DeviceLoad>& loads) {
  loads.clear();
  const auto runtime = device_runtime(portions, devices.size());
  if (divides_evenly(portions)) {
    loads.assign(devices.size(), even_load(portions, static_cast<std::int64_t>(devices.size())));
    for (auto& load : loads) {
      if (!load.runtime) load.runtime = runtime;
    }
    return;
  }
  for (std::int32_t index = 0; index < split.pipeline && loads.size() < devices.size(); ++index) {
    const Stage stage{index, split.pipeline, split.tensor};
    const auto memory = devices[loads.size()].usable;
    const auto& range = stages[static_cast<std::size_t>(index)];
    auto load = stage_load(portions, range, split, stage, memory);
    load.runtime = runtime;
    loads.insert(loads.end(), static_cast<std::size_t>(split.tensor), load);
  }
}

Bytes available(const Workload& workload, const Device& device) {
  if (workload.engine != Engine::vllm) return device.usable;
  const auto share = workload.vllm.utilization * static_cast<double>(device.usable.count());
  return Bytes{static_cast<std::int64_t>(std::floor(share))};
}

bool cache_depends_on_device(const Workload& workload, const sizing::Widths& widths,
                             std::span<const Device> devices) {
  if (workload.engine != Engine::vllm || !widths.any_window_cache || devices.empty()) return false;
  const auto small = sizing::vllm::scheduler(workload, std::nullopt);
  const auto here = sizing::vllm::scheduler(workload, devices.front().usable);
  return small.tokens != here.tokens;
}

}  // namespace llmfit::placement
