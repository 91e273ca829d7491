// SPDX-License-Identifier: MIT
#include <algorithm>

#include "search/format_search.hpp"
#include "search/split_search.hpp"
#include "sizing/vllm_rules.hpp"

namespace llmfit::search {
namespace {

bool exceeds_context(const FormatContext& context) {
  const auto limit = context.model.context_length;
  return limit && context.workload.context > limit->count();
}

/// What rules a set out before any memory is counted.
std::optional<Reason> unsupported(const FormatContext& context, const HardwareSet& set) {
  if (set.gpus.empty() && !context.engine.runs_on_host) return Reason::engine_unsupported;
  for (const auto& part : set.gpus) {
    if (!engine_runs_on(context.engine, *part.gpu)) return Reason::engine_unsupported;
  }
  for (const auto& part : set.gpus) {
    if (!format_runs_on(*context.choice.format, *part.gpu)) return Reason::format_unsupported;
  }
  return std::nullopt;
}

/// The set's placement, or why its devices cannot share the model.
std::optional<Reason> place_set(const FormatContext& context, const HardwareSet& set,
                                Placement& placement, std::string_view& why) {
  if (set.gpus.empty()) {
    placement = judge(loads_on(context, Split{}, {}), set.devices, Split{}, context.workload);
    return std::nullopt;
  }
  if (context.workload.engine == Engine::vllm) {
    const auto refusal = place_vllm(context, set, placement);
    if (!refusal) return std::nullopt;
    why = refusal->why;
    return refusal->reason;
  }
  const auto count = static_cast<std::int32_t>(set.devices.size());
  const auto choice =
      choose_split(context.model, *context.choice.format, context.workload, count, set.per_node);
  if (!choice.split) {
    if (place_on_fewer(context, set, placement)) return std::nullopt;
    why = choice.why;
    return choice.reason.value_or(Reason::not_divisible);
  }
  const bool equal = set.gpus.size() == 1;
  const auto* loads = equal ? context.shares.find(*choice.split) : nullptr;
  if (loads != nullptr) {
    placement = judge(*loads, set.devices, *choice.split, context.workload);
    return std::nullopt;
  }
  auto fresh = loads_on(context, *choice.split, set.devices);
  placement = judge(fresh, set.devices, *choice.split, context.workload);
  if (equal) context.shares.keep(*choice.split, std::move(fresh));
  return std::nullopt;
}

bool over_budget(const FormatContext& context, const Candidate& candidate) {
  const auto limit = context.request.offers.max_usd_hour;
  // An unknown price cannot be shown to keep the limit.
  return limit && (!candidate.cost.usd_per_hour || *candidate.cost.usd_per_hour > *limit);
}

}  // namespace

CardKind kind_of(const Workload& workload, const Device& device) {
  if (workload.engine != Engine::vllm) return {};
  auto here = workload;
  here.vllm.platform = device.platform;
  const auto step = sizing::vllm::scheduler(here, device.usable);
  return {device.platform, step.tokens, step.sequences};
}

const std::vector<DeviceLoad>* EqualShares::find(const Split& split, const CardKind& kind) const {
  for (const auto& entry : entries_) {
    if (entry.split == split && entry.kind == kind) return &entry.loads;
  }
  return nullptr;
}

void EqualShares::keep(const Split& split, std::vector<DeviceLoad> loads, const CardKind& kind) {
  entries_.push_back({split, kind, std::move(loads)});
}

std::int32_t EqualShares::failed(const GpuRecord* gpu) const {
  return gpu == failed_gpu_ ? failed_count_ : 0;
}

void EqualShares::fail(const GpuRecord* gpu, std::int32_t count) {
  failed_gpu_ = gpu;
  failed_count_ = count;
}

std::vector<DeviceLoad> loads_on(const FormatContext& context, const Split& split,
                                 std::span<const Device> devices) {
  const auto loads_of = [&](const Model& model, const Weights& weights, const Footprint& footprint,
                            const Workload& workload) {
    if (devices.empty()) return std::vector{host_load(weights, footprint)};
    return share(model, footprint, workload, split, devices);
  };
  auto loads = loads_of(context.model, context.weights, context.footprint, context.workload);
  if (const auto* draft = context.draft) {
    add_draft_loads(loads,
                    loads_of(draft->model, draft->weights, draft->footprint, draft->workload));
  }
  return loads;
}

Cost set_cost(const cost::OfferBook& offers, const HardwareSet& set) {
  const OfferRecord* offer = set.offer;
  if (offer == nullptr && set.gpus.size() == 1) {
    offer = offers.cheapest(*set.gpus.front().gpu, set.per_node);
  }
  return cost::price(offers, offer, set.nodes, set.gpus);
}

Candidate evaluate(const FormatContext& context, const HardwareSet& set) {
  Candidate candidate;
  candidate.gpus = set.gpus;
  candidate.usable_basis = set.usable_basis;
  candidate.split.nodes = set.nodes;
  candidate.reason = unsupported(context, set);
  if (!candidate.reason) {
    Placement placement;
    candidate.reason = place_set(context, set, placement, candidate.why);
    if (!candidate.reason) {
      candidate.split = placement.split;
      candidate.devices = std::move(placement.devices);
      candidate.offload = placement.host;
      candidate.holds = placement.fits;
      if (!placement.fits) candidate.reason = Reason::out_of_memory;
    }
  }
  candidate.cost = set_cost(context.offers, set);
  if (!candidate.reason && over_budget(context, candidate)) candidate.reason = Reason::over_budget;
  // A context that the model was not made for is the reason on every hardware that runs it.
  if (!candidate.devices.empty() && exceeds_context(context)) {
    candidate.reason = Reason::context_exceeds_model;
  }
  candidate.fits = !candidate.reason;
  return candidate;
}

void solve_inverses(const FormatContext& context, Candidate& candidate) {
  if (candidate.devices.empty()) return;
  const auto devices = used_devices(candidate);
  const auto workload = placed_workload(context, candidate);
  if (!candidate.gpus.empty()) {
    add_details(candidate.devices, context.model, context.weights, workload, candidate.split);
  }
  const Situation situation{context.model,          context.weights,        workload,
                            *context.choice.format, context.engine,         devices,
                            candidate.split,        candidate.gpus.empty(), context.draft};
  candidate.max_context = max_context(situation);
  candidate.max_sequences = max_sequences(situation);
  // The plan is of one model; beside a draft it would promise the draft's part of the cache too.
  const bool alone = context.draft == nullptr;
  if (alone && context.workload.engine == Engine::vllm) candidate.vllm = plan_vllm(situation);
}

}  // namespace llmfit::search
