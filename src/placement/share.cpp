// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>
#include <vector>

#include "placement/sharing.hpp"
#include "sizing/engine_vllm.hpp"
#include "sizing/state.hpp"

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

/// The loads of a split, stage by stage; ranks that are alike are computed once.
class Deal {
 public:
  Deal(Pieces pieces, const Footprint& footprint, const sizing::ComputeQuery& query,
       const Split& split, std::span<const Device> devices)
      : pieces_(std::move(pieces)),
        footprint_(footprint),
        query_(query),
        split_(placement::dealt_split(pieces_, split, devices.size())),
        devices_(devices) {}

  std::vector<DeviceLoad> run() {
    const auto stages = placement::stage_ranges(pieces_.model, query_.workload,
                                                pieces_.blocks.size(), split_, devices_);
    std::vector<DeviceLoad> loads(static_cast<std::size_t>(split_.devices()));
    for (std::int32_t stage = 0; stage < split_.pipeline; ++stage) {
      const auto ranks = placement::expert_ranks(split_);
      for (std::int64_t rank = 0; rank < ranks; ++rank) {
        const auto device = placement::device_of(split_, stage, rank);
        if (device >= devices_.size()) continue;
        const bool alike = placement::takes_the_same(pieces_.model, split_, devices_, stage, rank);
        loads[device] = alike ? loads[placement::device_of(split_, stage, rank - 1)]
                              : load_of(stage, rank, stages[static_cast<std::size_t>(stage)]);
      }
    }
    loads.resize(std::min(loads.size(), devices_.size()));
    return loads;
  }

 private:
  DeviceLoad load_of(std::int32_t stage, std::int64_t rank, const placement::StageRange& range) {
    const auto& device = devices_[placement::device_of(split_, stage, rank)];
    pieces_.expert_scale =
        placement::expert_scale(pieces_.model, query_.workload, split_, device.platform);
    const auto sums = placement::sum_stage(pieces_, range, split_, rank);
    auto load = stage_load(footprint_, sums, query_.workload, devices_.size());
    load.compute =
        sizing::compute_of(query_, Stage{stage, split_.pipeline, split_.tensor}, device.whole());
    return load;
  }

  Pieces pieces_;
  const Footprint& footprint_;
  const sizing::ComputeQuery& query_;
  Split split_;
  std::span<const Device> devices_;
};

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
  if (placement::works_on_one(workload)) {
    std::vector<DeviceLoad> loads(devices.size());
    loads[placement::main_device(workload, devices.size())] = whole_load(footprint);
    return loads;
  }
  const auto widths = sizing::widths_of(model);
  const auto dealt = placement::settled(workload, split);
  const auto here = placement::on_devices(workload, dealt, devices);
  auto blocks = std::span<const BlockLoad>(footprint.blocks);
  std::vector<BlockLoad> refilled;
  if (workload.engine == Engine::vllm) {
    refilled = footprint.blocks;
    const sizing::CacheRule rule(model, widths, here, split.tensor);
    sizing::fill_cache(rule, refilled);
    sizing::fill_state(rule, refilled);
    blocks = refilled;
  }
  const Pieces pieces{model, workload.engine,      footprint.input, blocks, footprint.output,
                      1.0,   here.vllm.cpu_offload};
  const sizing::ComputeQuery query{model, widths, here};
  return Deal(pieces, footprint, query, dealt, devices).run();
}

}  // namespace llmfit
