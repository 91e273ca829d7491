// SPDX-License-Identifier: MIT
#include "search/sketch.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "placement/hosted.hpp"
#include "placement/sharing.hpp"
#include "search/limits.hpp"

namespace llmfit::search {
namespace {

/// Nothing of the model is left to the host, and equal cards get what their order gives them.
bool is_plainly_split(const FormatContext& context) {
  const auto& workload = context.workload;
  const auto& settings = workload.llama_cpp;
  return workload.offload == Offload::none && !placement::keeps_on_host(context.model, workload) &&
         settings.split_mode == SplitMode::layer && settings.tensor_split.empty();
}

}  // namespace

std::optional<FullestDevice::Held> FullestDevice::of(std::int32_t count, const Device& card) {
  const auto engine = context_.workload.engine;
  const auto room = room_on(context_, card);
  std::optional<Held> least;
  for (auto used = count; used >= 1; --used) {
    const auto needs = in_each_split(used, card);
    for (const auto& held : needs) {
      if (held.bytes <= room) return held;
      if (used == count && (!least || held.bytes < least->bytes)) least = held;
    }
    // Cards are left idle where the model divides over fewer only, under vLLM where those do.
    const bool divides = !needs.empty() && engine != Engine::vllm;
    if (divides || engine == Engine::mlx) break;
  }
  return least;
}

std::span<const FullestDevice::Held> FullestDevice::in_each_split(std::int32_t count,
                                                                  const Device& card) {
  const auto kind = kind_of(context_.workload, card);
  for (const auto& entry : known_) {
    if (entry.count == count && entry.kind == kind) return entry.splits;
  }
  Known fresh{count, kind, {}};
  for (const auto& split : splits(count)) fresh.splits.push_back({split, look(split, card)});
  known_.push_back(std::move(fresh));
  return known_.back().splits;
}

std::vector<Split> FullestDevice::splits(std::int32_t count) const {
  const auto& model = context_.model;
  const auto& workload = context_.workload;
  const auto& format = *context_.choice.format;
  const auto per_node = std::min(count, machine_gpus);
  if (workload.engine != Engine::vllm) {
    const auto chosen = choose_split(model, format, workload, count, per_node).split;
    return chosen ? std::vector{*chosen} : std::vector<Split>{};
  }
  auto shapes = split_shapes(model, workload, count, per_node).shapes;
  std::erase_if(shapes, [&](const Split& split) {
    return !split_obstacle(model, format, workload, split).empty();
  });
  return shapes;
}

Bytes FullestDevice::look(const Split& split, const Device& card) const {
  const auto kind = kind_of(context_.workload, card);
  const auto* known = context_.shares.find(split, kind);
  if (known == nullptr) {
    const auto count = static_cast<std::size_t>(split.devices());
    auto loads = loads_on(context_, split, std::vector<Device>(count, card));
    known = &context_.shares.keep({split, std::move(loads), std::nullopt, kind});
  }
  Bytes most;
  for (const auto& load : known->loads) most = std::max(most, load.total());
  return most;
}

Bytes room_on(const FormatContext& context, const Device& card) {
  return placement::available(context.workload, card);
}

bool needs_memory_only(const FormatContext& context) {
  const auto& request = context.request;
  return context.workload.engine != Engine::vllm && is_plainly_split(context) &&
         !asks_limits(request) && !exceeds_context(context);
}

Candidate sketch(const FormatContext& context, const GpuRecord& gpu, std::int32_t count,
                 const Split& split) {
  Candidate candidate;
  candidate.gpus = {{&gpu, static_cast<double>(count)}};
  const auto per_node = std::min(count, machine_size(gpu));
  const auto nodes = (count + per_node - 1) / per_node;
  candidate.split = split;
  candidate.split.nodes = nodes;
  candidate.holds = candidate.fits = true;
  candidate.cost =
      cost::price(context.offers, context.offers.cheapest(gpu, per_node), nodes, candidate.gpus);
  return candidate;
}

void complete(const FormatContext& context, Candidate& candidate) {
  if (!candidate.holds || !candidate.devices.empty()) return;
  const auto& part = candidate.gpus.front();
  candidate = evaluate(context, equal_cards(*part.gpu, static_cast<std::int32_t>(part.count),
                                            context.request.hardware.limits));
}

}  // namespace llmfit::search
