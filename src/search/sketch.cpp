// SPDX-License-Identifier: MIT
#include "search/sketch.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "placement/sharing.hpp"

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
  const auto here = placement::on_devices(context_.workload, std::span(&card, 1)).vllm;
  return {here.platform, here.max_num_batched_tokens, here.max_num_seqs};
}

std::optional<Bytes> FullestDevice::of(std::int32_t count, const Device& card) {
  const auto defaults = defaults_on(card);
  for (const auto& entry : known_) {
    if (entry.count == count && entry.defaults == defaults) return entry.bytes;
  }
  known_.push_back({count, defaults, look(count, card)});
  return known_.back().bytes;
}

std::optional<Bytes> FullestDevice::look(std::int32_t count, const Device& card) const {
  const auto split = choose_split(context_.model, *context_.choice.format, context_.workload, count,
                                  std::min(count, machine_gpus))
                         .split;
  if (!split) return std::nullopt;
  const bool shared = context_.workload.engine != Engine::vllm;
  const auto* known = shared ? context_.shares.find(*split) : nullptr;
  std::vector<DeviceLoad> fresh;
  if (known == nullptr) {
    fresh = loads_on(context_, *split, std::vector<Device>(static_cast<std::size_t>(count), card));
    known = &fresh;
  }
  Bytes most;
  for (const auto& load : *known) most = std::max(most, load.total());
  if (shared && !fresh.empty()) context_.shares.keep(*split, std::move(fresh));
  return most;
}

Bytes room_on(const FormatContext& context, const Device& card) {
  return placement::available(context.workload, card);
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
