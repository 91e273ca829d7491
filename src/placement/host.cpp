// SPDX-License-Identifier: MIT
#include "llmfit/placement.hpp"
#include "sizing/weight_loads.hpp"

namespace llmfit {

DeviceLoad host_load(const Weights& weights, const Footprint& footprint) {
  DeviceLoad load;
  load.weights = sizing::host_only_bytes(weights);
  if (footprint.of(TermKind::kv_cache)) load.kv_cache = footprint.host_kv_cache;
  if (footprint.of(TermKind::state)) load.state = footprint.host_state;
  load.compute = footprint.host_compute;
  load.runtime = footprint.host_runtime;
  return load;
}

}  // namespace llmfit
