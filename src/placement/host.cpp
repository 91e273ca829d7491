// SPDX-License-Identifier: MIT
#include "llmfit/placement.hpp"

namespace llmfit {
namespace {

/// What a llama.cpp process takes beside its buffers: 50 to 110 MiB over 86 real CPU loads
/// (llama.cpp v0.5.0, resident size after a decode). The upper end, because too little is worse.
constexpr Bytes process_overhead = mib(110);

}  // namespace

DeviceLoad host_load(const Weights& weights, const Footprint& footprint) {
  DeviceLoad load;
  load.weights = weights.tensor_bytes;
  load.kv_cache = footprint.of(TermKind::kv_cache);
  load.state = footprint.of(TermKind::state);
  load.compute = footprint.of(TermKind::compute);
  // Beside the weights, `host` is what the engine keeps in system memory anyway: input and output
  // buffers. On a machine without a card they sit next to everything else.
  load.runtime = process_overhead + (footprint.host - weights.host);
  return load;
}

}  // namespace llmfit
