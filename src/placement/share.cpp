// SPDX-License-Identifier: MIT
#include <vector>

#include "placement/sharing.hpp"
#include "sizing/engine_vllm.hpp"
#include "sizing/state.hpp"
#include "sizing/vllm_experts.hpp"

namespace llmfit {
namespace {

using placement::Pieces;

/// One device takes the footprint's terms as they are; vLLM's depend on how large it is.
bool takes_all_terms(const Workload& workload, std::span<const Device> devices) {
  return devices.size() == 1 && workload.engine != Engine::vllm;
}

DeviceLoad whole_load(const Footprint& footprint) {
  DeviceLoad load;
  load.weights = footprint.of(TermKind::weights).value_or(Bytes{0});
  load.kv_cache = footprint.of(TermKind::kv_cache);
  load.state = footprint.of(TermKind::state);
  load.compute = footprint.of(TermKind::compute);
  load.runtime = footprint.of(TermKind::runtime);
  return load;
}

/// A stage's load without compute: what is unknown of the whole is unknown of each part.
DeviceLoad stage_load(const Footprint& footprint, const placement::StageSums& sums,
                      const Workload& workload, std::size_t devices) {
  DeviceLoad load;
  load.weights = sums.weights;
  if (footprint.of(TermKind::kv_cache)) load.kv_cache = sums.cache;
  if (footprint.of(TermKind::state)) load.state = sums.state;
  if (const auto alone = footprint.of(TermKind::runtime)) {
    const auto here = sizing::vllm::runtime_on(workload, *alone);
    load.runtime = placement::device_runtime(workload, here, devices);
  }
  return load;
}

std::vector<DeviceLoad> deal(const Pieces& pieces, const Footprint& footprint,
                             const sizing::ComputeQuery& query, const Split& split,
                             std::span<const Device> devices) {
  const auto dealt = placement::dealt_split(pieces, split, devices.size());
  const auto stages = placement::stage_ranges(pieces.engine, pieces.blocks.size(), dealt, devices,
                                              placement::draft_blocks(pieces.model));
  std::vector<DeviceLoad> loads;
  loads.reserve(devices.size());
  for (std::int32_t i = 0; i < dealt.pipeline && loads.size() < devices.size(); ++i) {
    const auto sums = placement::sum_stage(pieces, stages[static_cast<std::size_t>(i)], dealt);
    auto load = stage_load(footprint, sums, query.workload, devices.size());
    load.compute = sizing::compute_of(query, Stage{i, dealt.pipeline, dealt.tensor},
                                      devices[loads.size()].whole());
    loads.insert(loads.end(), static_cast<std::size_t>(dealt.tensor), load);
  }
  return loads;
}

void add_known(std::optional<Bytes>& sum, const std::optional<Bytes>& more) {
  if (sum && more) {
    *sum += *more;
  } else {
    sum.reset();
  }
}

}  // namespace

void add_draft_loads(std::vector<DeviceLoad>& loads, const std::vector<DeviceLoad>& draft) {
  for (std::size_t i = 0; i < loads.size() && i < draft.size(); ++i) {
    loads[i].weights += draft[i].weights;
    add_known(loads[i].kv_cache, draft[i].kv_cache);
    add_known(loads[i].state, draft[i].state);
    add_known(loads[i].compute, draft[i].compute);
  }
}

std::vector<DeviceLoad> share(const Model& model, const Footprint& footprint,
                              const Workload& workload, Split split,
                              std::span<const Device> devices) {
  if (takes_all_terms(workload, devices)) return {whole_load(footprint)};
  const auto widths = sizing::widths_of(model);
  const auto here = placement::on_devices(workload, devices);
  auto blocks = std::span<const BlockLoad>(footprint.blocks);
  std::vector<BlockLoad> refilled;
  double expert_scale = 1;
  if (workload.engine == Engine::vllm) {
    expert_scale = sizing::vllm::expert_scale(model, here.vllm, split.tensor);
    refilled = footprint.blocks;
    const sizing::CacheRule rule(model, widths, here, split.tensor);
    sizing::fill_cache(rule, refilled);
    sizing::fill_state(rule, refilled);
    blocks = refilled;
  }
  const Pieces pieces{model,  workload.engine,  footprint.input,
                      blocks, footprint.output, expert_scale};
  return deal(pieces, footprint, {model, widths, here}, split, devices);
}

}  // namespace llmfit
