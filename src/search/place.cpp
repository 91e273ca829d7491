// SPDX-License-Identifier: MIT
// One set of devices with what it leaves to the host.
#include <algorithm>
#include <utility>

#include "placement/hosted.hpp"
#include "search/format_search.hpp"

namespace llmfit::search {
namespace {

/// What a draft model takes on the same devices; nothing where there is none.
std::vector<DeviceLoad> beside(const FormatContext& context, const Split& split,
                               std::span<const Device> devices) {
  if (context.draft == nullptr) return {};
  const auto& draft = *context.draft;
  return share(draft.model, draft.footprint, draft.workload, split, devices);
}

EqualShares::Entry hosted_entry(const placement::HostedPlacer& placer, const Workload& workload,
                                const Split& split) {
  auto hosted = placer.place(workload);
  return {split, std::move(hosted.loads), hosted.host};
}

EqualShares::Entry asked_entry(const FormatContext& context, const Split& split,
                               std::span<const Device> devices) {
  if (!placement::keeps_on_host(context.model, context.workload)) {
    return {split, loads_on(context, split, devices), std::nullopt};
  }
  const auto situation = situation_of(context, split, devices, false);
  const placement::HostedPlacer placer(situation, beside(context, split, devices));
  return hosted_entry(placer, context.workload, split);
}

Placement judged(const FormatContext& context, const EqualShares::Entry& entry,
                 std::span<const Device> devices) {
  auto placement = judge(entry.loads, devices, entry.split, context.workload);
  placement.host = entry.host;
  return placement;
}

bool may_offload(const FormatContext& context) {
  const auto& model = context.model;
  return context.workload.offload != Offload::none &&
         context.workload.engine == Engine::llama_cpp && !model.layers.empty() &&
         model.arch.kind != ModelKind::encoder_decoder;
}

Placement solved(const FormatContext& context, const Split& split,
                 std::span<const Device> devices) {
  const auto situation = situation_of(context, split, devices, false);
  const placement::HostedPlacer placer(situation, beside(context, split, devices));
  auto workload = context.workload;
  workload.llama_cpp = placer.solve();
  return judged(context, hosted_entry(placer, workload, split), devices);
}

/// Where CPU and GPU have one memory: what the devices leave of it; absent: they do not.
std::optional<Bytes> shared_memory_left(const Candidate& candidate) {
  Bytes left;
  for (const auto& part : candidate.gpus) {
    if (!shares_host_memory(*part.gpu)) return std::nullopt;
    left += ceiling_of(*part.gpu) * static_cast<std::int64_t>(part.count);
  }
  for (const auto& device : candidate.devices) left -= device.load.total();
  return left;
}

/// Memory of the machines that a set is a part of: what somebody said, else what the offer says.
std::optional<Bytes> machine_memory(const FormatContext& context, const Candidate& candidate) {
  constexpr double gib_bytes = 1073741824.0;
  if (const auto given = context.request.host_memory_gib) {
    return Bytes{static_cast<std::int64_t>(*given * gib_bytes)};
  }
  const auto& local = context.request.hardware.local;
  if (local) return local->host ? std::optional(local->host->usable) : std::nullopt;
  const auto& cost = candidate.cost;
  if (cost.offer == nullptr || !cost.offer->ram_gib) return std::nullopt;
  return usable_host_bytes(*cost.offer->ram_gib).usable * std::max(cost.machines, 1);
}

std::optional<Bytes> host_memory_of(const FormatContext& context, const Candidate& candidate) {
  const auto machine = machine_memory(context, candidate);
  const auto shared = shared_memory_left(candidate);
  return machine && shared ? std::min(*machine, *shared) : shared ? shared : machine;
}

}  // namespace

const EqualShares::Entry* EqualShares::find(const Split& split, const CardKind& kind) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.split == split && entry.kind == kind;
  });
  return found == entries_.end() ? nullptr : &*found;
}

const EqualShares::Entry& EqualShares::keep(Entry entry) {
  return entries_.emplace_back(std::move(entry));
}

Situation situation_of(const FormatContext& context, const Split& split,
                       std::span<const Device> devices, bool on_host) {
  return {context.model, context.weights, context.workload, *context.choice.format, context.engine,
          devices,       split,           on_host,          context.draft};
}

Placement place_on(const FormatContext& context, const Split& split,
                   std::span<const Device> devices, bool equal) {
  const auto* known = equal ? context.shares.find(split) : nullptr;
  Placement placement;
  if (known != nullptr) {
    placement = judged(context, *known, devices);
  } else {
    auto entry = asked_entry(context, split, devices);
    placement = judged(context, entry, devices);
    if (equal) context.shares.keep(std::move(entry));
  }
  if (placement.fits || !may_offload(context)) return placement;
  return solved(context, split, devices);
}

void judge_host(const FormatContext& context, Candidate& candidate) {
  if (!candidate.offload) return;
  candidate.offload->usable = host_memory_of(context, candidate);
  const auto& usable = candidate.offload->usable;
  if (candidate.reason || !usable || candidate.offload->total() <= *usable) return;
  candidate.holds = false;
  candidate.reason = Reason::out_of_memory;
}

}  // namespace llmfit::search
