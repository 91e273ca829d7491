// SPDX-License-Identifier: MIT
#include "sizing/parts.hpp"

#include <algorithm>

#include "sizing/engine_params.hpp"
#include "sizing/engine_transformers.hpp"
#include "sizing/engine_vllm.hpp"

namespace llmfit::sizing {
namespace {

Bytes largest_layer_cache(const CacheRule& rule) {
  Bytes largest;
  const Layer* previous = nullptr;
  for (const auto& layer : rule.model.layers) {
    const bool alike = previous != nullptr && same_attention(*previous, layer);
    previous = &layer;
    if (!alike) largest = std::max(largest, layer_cache_bytes(rule, layer));
  }
  return largest;
}

}  // namespace

std::optional<Bytes> compute_of(const ComputeQuery& query, Stage stage,
                                std::optional<Bytes> total) {
  if (query.model.known_by_size_only || query.model.layers.empty()) return std::nullopt;
  switch (query.workload.engine) {
    case Engine::llama_cpp: {
      const CacheRule rule(query.model, query.widths, query.workload);
      const auto batch = llama_cpp::batch_of(query.model, query.workload, query.rounding);
      return llama_cpp::compute(rule, query.widths, batch, stage, query.guess);
    }
    case Engine::vllm:
      return vllm::compute(query.model, query.widths, query.workload, stage, total);
    case Engine::transformers: {
      const CacheRule rule(query.model, query.widths, query.workload);
      return transformers::compute(rule, query.widths, largest_layer_cache(rule)).bytes;
    }
    case Engine::mlx:
    case Engine::exllama:
    case Engine::params:
      break;
  }
  return std::nullopt;
}

std::optional<Bytes> host_compute(const ComputeQuery& query) {
  const auto& model = query.model;
  const auto& widths = query.widths;
  const auto& workload = query.workload;
  if (workload.engine != Engine::llama_cpp || model.layers.empty()) {
    return compute_of(query, Stage{}, std::nullopt);
  }
  CacheRule rule(model, widths, workload);
  rule.flash_attention = llama_cpp::flash_attention_on_host(workload);
  return llama_cpp::compute_on_host(rule, widths,
                                    llama_cpp::batch_of(model, workload, query.rounding));
}

Bytes host_runtime(const ComputeQuery& query, Bytes on_device) {
  // Elsewhere nothing is known of a machine without a card, and the rule of thumb has no devices.
  if (query.workload.engine != Engine::llama_cpp) return on_device;
  if (query.model.layers.empty()) return llama_cpp::process_overhead;
  return llama_cpp::process_overhead +
         llama_cpp::output_buffer(query.model, query.widths, query.workload.sequences);
}

Estimate compute_band(const ComputeQuery& query, Bytes bytes) {
  if (query.workload.engine == Engine::llama_cpp) {
    return llama_cpp::band(CacheRule(query.model, query.widths, query.workload), bytes);
  }
  if (query.workload.engine == Engine::transformers) {
    const CacheRule rule(query.model, query.widths, query.workload);
    return transformers::compute(rule, query.widths, largest_layer_cache(rule));
  }
  const auto with = [&](std::int64_t bytes_per_logit) {
    return vllm::compute(query.model, query.widths, query.workload, Stage{}, std::nullopt,
                         bytes_per_logit);
  };
  return {with(vllm::sampler_low), bytes, with(vllm::sampler_high)};
}

std::optional<Estimate> runtime_estimate(const Workload& workload, const EngineRecord& engine,
                                         Bytes weights) {
  if (workload.engine == Engine::params) return params::overhead(weights);
  if (!engine.runtime_mib) return std::nullopt;
  if (workload.engine == Engine::vllm) {
    const auto graphs = vllm::graphs(workload);
    auto beside = vllm::non_torch(workload, engine);
    beside.low += graphs.low;
    beside.bytes += graphs.bytes;
    beside.high += graphs.high;
    return beside;
  }
  return Estimate{from_mib(engine.runtime_mib_low), from_mib(*engine.runtime_mib),
                  from_mib(engine.runtime_mib_high)};
}

Bytes host_bytes(const Model& model, const Widths& widths, const Workload& workload,
                 const Weights& weights) {
  if (workload.engine != Engine::llama_cpp || model.layers.empty()) return weights.host;
  const CacheRule rule(model, widths, workload);
  return weights.host +
         llama_cpp::pinned_buffer(rule, widths, llama_cpp::batch_of(model, workload)) +
         llama_cpp::output_buffer(model, widths, workload.sequences);
}

}  // namespace llmfit::sizing

namespace llmfit {

std::optional<Bytes> compute_bytes(const Model& model, const Workload& workload, Stage stage,
                                   std::optional<Bytes> total) {
  const auto widths = sizing::widths_of(model);
  return sizing::compute_of({model, widths, workload}, stage, total);
}

}  // namespace llmfit
