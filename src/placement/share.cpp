// SPDX-License-Identifier: MIT
#include <vector>

#include "placement/sharing.hpp"
#include "sizing/engine_vllm.hpp"

namespace llmfit {
namespace {

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

}  // namespace

std::vector<DeviceLoad> share(const Model& model, const Footprint& footprint,
                              const Workload& workload, Split split,
                              std::span<const Device> devices) {
  if (takes_all_terms(workload, devices)) return {whole_load(footprint)};
  const auto widths = sizing::widths_of(model);
  auto on_device = workload;
  auto blocks = std::span<const BlockLoad>(footprint.blocks);
  std::vector<BlockLoad> refilled;
  if (placement::cache_depends_on_device(workload, widths, devices)) {
    on_device = sizing::vllm::on_device(workload, devices.front().usable);
    refilled = footprint.blocks;
    sizing::fill_cache(model, on_device, refilled);
    blocks = refilled;
  }
  const placement::Portions portions{model,
                                     widths,
                                     on_device,
                                     footprint.input,
                                     blocks,
                                     footprint.output,
                                     footprint.of(TermKind::runtime),
                                     footprint.of(TermKind::kv_cache).has_value(),
                                     footprint.of(TermKind::state).has_value()};
  const auto stages =
      placement::stage_ranges(workload.engine, model.layers.size(), split, devices);
  std::vector<DeviceLoad> loads;
  loads.reserve(devices.size());
  placement::deal(portions, split, devices, stages, loads);
  return loads;
}

}  // namespace llmfit
