// SPDX-License-Identifier: MIT
#include "llmfit/placement.hpp"

namespace llmfit {

DeviceLoad host_load(const Weights& weights, const Footprint& footprint) {
  DeviceLoad load;
  load.weights = weights.tensor_bytes;
  load.kv_cache = footprint.of(TermKind::kv_cache);
  load.state = footprint.of(TermKind::state);
  load.compute = footprint.host_compute;
  load.runtime = footprint.host_runtime;
  return load;
}

}  // namespace llmfit
