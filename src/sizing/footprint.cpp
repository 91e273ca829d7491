// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "llmfit/sizing.hpp"
#include "sizing/device_footprint.hpp"
#include "sizing/hosted.hpp"
#include "sizing/parts.hpp"
#include "sizing/state.hpp"
#include "sizing/terms.hpp"
#include "sizing/weight_loads.hpp"

namespace llmfit {
namespace {

bool overflowed(const Footprint& footprint) {
  for (const auto& term : footprint.terms) {
    if (term.bytes.overflowed() || term.high.overflowed()) return true;
  }
  return footprint.total().overflowed() || footprint.host.overflowed();
}

/// Only blocks are moved to the host (vllm/model_executor/models/utils.py).
Bytes moved_by_vllm(const Weights& weights, const Workload& workload) {
  if (workload.engine != Engine::vllm) return Bytes{0};
  Bytes blocks;
  for (const auto& block : weights.blocks) blocks += block.sharded + block.replicated;
  return std::min(workload.vllm.cpu_offload, blocks);
}

/// Beside one device; what the settings leave on the host is there too.
Bytes host_bytes(const sizing::TermContext& context) {
  namespace llama_cpp = sizing::llama_cpp;
  const auto& [model, weights, widths, workload, format, engine] = context;
  const auto& settings = workload.llama_cpp;
  if (workload.engine != Engine::llama_cpp || !llama_cpp::keeps_on_host(model, settings)) {
    return sizing::host_bytes(model, widths, workload, weights) + moved_by_vllm(weights, workload);
  }
  const llama_cpp::HostedModel hosted(model, weights, format);
  const auto parts = llama_cpp::parts_of_one_device(model, settings);
  const auto load = hosted.loads(workload, parts).back();
  return load.weights + load.kv_cache + load.state + load.compute;
}

void add_host_part(Footprint& footprint, const sizing::ComputeQuery& query,
                   const sizing::TermContext& context, Bytes runtime) {
  const auto& model = query.model;
  if (!model.known_by_size_only) {
    const auto on_host = sizing::host_rule(model, query.widths, query.workload);
    footprint.host_kv_cache = sizing::cache_bytes(on_host);
    footprint.host_state = sizing::state_bytes(on_host).value_or(Bytes{0});
  }
  footprint.host = host_bytes(context);
  footprint.host_compute = sizing::host_compute(query);
  footprint.host_runtime = sizing::host_runtime(query, runtime);
}

}  // namespace

std::string_view to_string(TermKind kind) {
  switch (kind) {
    case TermKind::weights:
      return "weights";
    case TermKind::kv_cache:
      return "KV cache";
    case TermKind::state:
      return "state";
    case TermKind::compute:
      return "compute";
    case TermKind::runtime:
      return "runtime";
  }
  return "unknown";
}

std::optional<Bytes> Footprint::of(TermKind kind) const {
  for (const auto& term : terms) {
    if (term.kind == kind) return term.bytes;
  }
  return std::nullopt;
}

Bytes Footprint::total() const {
  Bytes sum;
  for (const auto& term : terms) sum += term.bytes;
  return sum;
}

namespace {

enum class HostPart { counted, left_out };

Result<Footprint> sized(const sizing::TermContext& context, HostPart host) {
  const auto& model = context.model;
  const auto& widths = context.widths;
  const auto& workload = context.workload;
  Footprint footprint;
  footprint.input = context.weights.input;
  footprint.blocks = context.weights.blocks;
  footprint.output = context.weights.output;
  auto& terms = footprint.terms;
  terms.reserve(std::size(all_terms));
  const auto bytes = sizing::device_bytes(context.weights);
  terms.push_back(sizing::weights_term(context, bytes));
  if (!model.known_by_size_only) {
    const sizing::CacheRule rule(model, widths, workload);
    const auto cache = sizing::fill_cache(rule, footprint.blocks);
    const auto state = sizing::fill_state(rule, footprint.blocks);
    if (sizing::knows_cache(model, workload.engine)) {
      terms.push_back(sizing::cache_term(context, cache));
    }
    if (state && !model.cache_unknown) terms.push_back(sizing::state_term(context, *state));
  }
  const sizing::ComputeQuery query{model, widths, workload};
  if (const auto compute = sizing::compute_of(query, Stage{}, std::nullopt)) {
    terms.push_back(sizing::compute_term(context, sizing::compute_band(query, *compute)));
  }
  Bytes runtime;
  if (const auto estimate = sizing::runtime_estimate(workload, context.engine, bytes)) {
    terms.push_back(sizing::runtime_term(context, *estimate));
    runtime = estimate->bytes;
  }
  if (host == HostPart::counted) add_host_part(footprint, query, context, runtime);
  if (overflowed(footprint)) {
    return fail(ErrorCode::too_large, "the memory of " + model.id + " exceeds 2^63 bytes",
                "ask for less context or fewer sequences");
  }
  return footprint;
}

}  // namespace

Result<Footprint> size(const Model& model, const Weights& weights, const Workload& workload,
                       const Format& format, const EngineRecord& engine) {
  const auto widths = sizing::widths_of(model);
  return sized({model, weights, widths, workload, format, engine}, HostPart::counted);
}

Result<Footprint> sizing::size_on_devices(const Model& model, const Weights& weights,
                                          const Workload& workload, const Format& format,
                                          const EngineRecord& engine) {
  const auto widths = sizing::widths_of(model);
  return sized({model, weights, widths, workload, format, engine}, HostPart::left_out);
}

}  // namespace llmfit
