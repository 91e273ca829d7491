// SPDX-License-Identifier: MIT
#include "search/sketch.hpp"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "placement/sharing.hpp"
#include "search/limits.hpp"

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

FullestDevice::Defaults FullestDevice::defaults_on(const Device& card) const {
  if (context_.workload.engine != Engine::vllm) return {};
  const auto here = placement::on_devices(context_.workload, Split{}, std::span(&card, 1)).vllm;
  return {here.platform, here.max_num_batched_tokens, here.max_num_seqs};
}

std::optional<Bytes> FullestDevice::of(std::int32_t count, const Device& card) {
  const auto room = room_on(context_, card);
  std::optional<Bytes> least;
  // vLLM may leave cards of a set idle; elsewhere all of them take a part.
  const auto fewest = context_.workload.engine == Engine::vllm ? 1 : count;
  for (auto used = count; used >= fewest; --used) {
    for (const auto bytes : in_each_split(used, card)) {
      if (bytes <= room) return bytes;
      if (used == count && (!least || bytes < *least)) least = bytes;
    }
  }
  return least;
}

std::span<const Bytes> FullestDevice::in_each_split(std::int32_t count, const Device& card) {
  const auto defaults = defaults_on(card);
  for (const auto& entry : known_) {
    if (entry.count == count && entry.defaults == defaults) return entry.bytes;
  }
  Known fresh{count, defaults, {}};
  for (const auto& split : splits(count)) fresh.bytes.push_back(look(split, card));
  known_.push_back(std::move(fresh));
  return known_.back().bytes;
}

std::vector<Split> FullestDevice::splits(std::int32_t count) const {
  const auto& [model, workload] = std::tie(context_.model, context_.workload);
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
  const bool shared = context_.workload.engine != Engine::vllm;
  const auto* known = shared ? context_.shares.find(split) : nullptr;
  EqualShares::Entry fresh;
  if (known == nullptr) {
    const auto count = static_cast<std::size_t>(split.devices());
    fresh = {split, loads_on(context_, split, std::vector<Device>(count, card)), std::nullopt};
    known = &fresh;
  }
  Bytes most;
  for (const auto& load : known->loads) most = std::max(most, load.total());
  if (shared && known == &fresh) context_.shares.keep(std::move(fresh));
  return most;
}

Bytes room_on(const FormatContext& context, const Device& card) {
  return placement::available(context.workload, card);
}

bool needs_memory_only(const FormatContext& context) {
  const auto& request = context.request;
  return context.workload.engine != Engine::vllm && is_plainly_split(context.workload) &&
         !asks_limits(request) && !exceeds_context(context);
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
  candidate = evaluate(context, equal_cards(*part.gpu, static_cast<std::int32_t>(part.count),
                                            context.request.hardware.limits));
}

}  // namespace llmfit::search
