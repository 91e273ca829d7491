// SPDX-License-Identifier: MIT
#include "search/sketch.hpp"

#include <algorithm>
#include <utility>

namespace llmfit::search {
namespace {

bool exceeds_context(const FormatContext& context) {
  const auto limit = context.model.context_length;
  return limit && context.workload.context > limit->count();
}

/// Nothing of the model is left to the host, and equal cards get what their order gives them.
bool is_plainly_split(const Workload& workload) {
  const auto& settings = workload.llama_cpp;
  return workload.offload == Offload::none && !settings.gpu_layers && settings.cpu_moe == 0 &&
         settings.kv_offload && settings.split_mode == SplitMode::layer &&
         settings.tensor_split.empty();
}

}  // namespace

std::optional<Bytes> FullestDevice::of(std::int32_t count) {
  for (const auto& entry : known_) {
    if (entry.count == count) return entry.bytes;
  }
  known_.push_back({count, look(count)});
  return known_.back().bytes;
}

std::optional<Bytes> FullestDevice::look(std::int32_t count) const {
  const auto split = choose_split(context_.model, *context_.choice.format, context_.workload, count,
                                  std::min(count, machine_gpus))
                         .split;
  if (!split) return std::nullopt;
  const auto* loads = context_.shares.find(*split);
  if (loads == nullptr) {
    const std::vector<Device> devices(static_cast<std::size_t>(count), Device{gib(1)});
    context_.shares.keep(*split, loads_on(context_, *split, devices));
    loads = context_.shares.find(*split);
  }
  Bytes most;
  for (const auto& load : *loads) most = std::max(most, load.total());
  return most;
}

bool needs_memory_only(const FormatContext& context) {
  const auto& request = context.request;
  return context.workload.engine != Engine::vllm && is_plainly_split(context.workload) &&
         !request.offers.max_usd_hour && !exceeds_context(context);
}

Candidate sketch(const FormatContext& context, const GpuRecord& gpu, std::int32_t count) {
  Candidate candidate;
  candidate.gpus = {{&gpu, static_cast<double>(count)}};
  const auto per_node = std::min(count, machine_size(gpu));
  const auto nodes = (count + per_node - 1) / per_node;
  candidate.split.nodes = nodes;
  candidate.holds = candidate.fits = true;
  candidate.cost =
      cost::price(context.offers, context.offers.cheapest(gpu, per_node), nodes, candidate.gpus);
  return candidate;
}

void complete(const FormatContext& context, Candidate& candidate) {
  if (!candidate.holds || !candidate.devices.empty()) return;
  const auto& part = candidate.gpus.front();
  candidate = evaluate(context, equal_cards(*part.gpu, static_cast<std::int32_t>(part.count)));
}

}  // namespace llmfit::search
