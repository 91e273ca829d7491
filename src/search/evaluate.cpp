// SPDX-License-Identifier: MIT
#include <algorithm>

#include "placement/hosted.hpp"
#include "search/format_search.hpp"
#include "search/limits.hpp"
#include "search/split_search.hpp"
#include "search/support.hpp"
#include "sizing/vllm_rules.hpp"

namespace llmfit::search {
namespace {

/// What rules a set out whatever its memory.
std::optional<Reason> unsupported(const FormatContext& context, const HardwareSet& set) {
  const auto stopped = [&](const CardSupport& support) {
    return std::any_of(set.gpus.begin(), set.gpus.end(), [&](const GpuCount& part) {
      return obstacle(support, *part.gpu) != Obstacle::none;
    });
  };
  if (set.gpus.empty() && !context.engine.runs_on_host) return Reason::engine_unsupported;
  if (stopped(support_of(context.engine))) return Reason::engine_unsupported;
  if (model_obstacle(context.engine, context.model)) return Reason::engine_unsupported;
  if (stopped(support_of(*context.choice.format))) return Reason::format_unsupported;
  const auto cache = support_of_cache(context.engine, context.workload);
  return stopped(cache) ? std::optional(Reason::format_unsupported) : std::nullopt;
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
  const bool equal = set.gpus.size() == 1 && !set.owned;
  placement = place_on(context, *choice.split, set.devices, equal);
  return std::nullopt;
}

/// What each device holds, also where the engine does not run: the memory's verdict stands beside.
void place(const FormatContext& context, const HardwareSet& set, Candidate& candidate) {
  Placement placement;
  std::string_view why;
  const auto indivisible = place_set(context, set, placement, why);
  if (indivisible) {
    if (candidate.reason) return;
    candidate.reason = indivisible;
    candidate.why = why;
    return;
  }
  candidate.split = placement.split;
  candidate.devices = std::move(placement.devices);
  candidate.offload = placement.host;
  candidate.holds = placement.fits;
  if (!candidate.reason && !placement.fits) candidate.reason = Reason::out_of_memory;
}

}  // namespace

bool exceeds_context(const FormatContext& context) {
  const auto limit = context.model.context_length;
  return limit && context.workload.context > limit->count();
}

CardKind kind_of(const Workload& workload, const Device& device) {
  if (workload.engine != Engine::vllm) return {};
  auto here = workload;
  here.vllm.platform = device.platform;
  const auto step = sizing::vllm::scheduler(here, device.whole());
  return {device.platform, step.tokens, step.sequences};
}

Reach EqualShares::reach(const Situation& situation) {
  const auto& device = situation.devices.front();
  for (const auto& entry : solved_) {
    if (entry.device == device && entry.split == situation.split) return entry.reach;
  }
  solved_.push_back({situation.split, device, solve(situation)});
  return solved_.back().reach;
}

Reach EqualShares::solve(const Situation& situation) {
  if (situation.workload.engine == Engine::vllm) return llmfit::reach(situation);
  for (const auto& entry : solvers_) {
    if (entry.split == situation.split) return entry.solver->on(situation.devices.front());
  }
  solvers_.push_back({situation.split, std::make_unique<ReachSolver>(situation)});
  return solvers_.back().solver->on(situation.devices.front());
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
  if (set.owned) return {};
  const OfferRecord* offer = set.offer;
  if (offer == nullptr && set.gpus.size() == 1) {
    offer = offers.cheapest(*set.gpus.front().gpu, set.per_node);
  }
  return cost::price(offers, offer, set.nodes, set.gpus);
}

Candidate hold(const FormatContext& context, const HardwareSet& set) {
  Candidate candidate;
  candidate.gpus = set.gpus;
  candidate.usable_basis = set.usable_basis;
  candidate.usable_is_given = set.usable_is_given;
  candidate.usable_rule = set.usable_rule;
  candidate.split.nodes = set.nodes;
  candidate.reason = unsupported(context, set);
  place(context, set, candidate);
  candidate.cost = set_cost(context.offers, set);
  judge_host(context, candidate);
  return candidate;
}

void judge_limits_of(const FormatContext& context, Candidate& candidate) {
  const bool runs = !is_unsupported(candidate);
  apply_limits(context, candidate);
  // A context that the model was not made for is the reason on every hardware that runs it.
  if (runs && !candidate.devices.empty() && exceeds_context(context)) {
    candidate.reason = Reason::context_exceeds_model;
    candidate.by_limit = false;
  }
  candidate.fits = !candidate.reason && !candidate.by_limit;
}

Candidate evaluate(const FormatContext& context, const HardwareSet& set) {
  auto candidate = hold(context, set);
  judge_limits_of(context, candidate);
  return candidate;
}

Reach reach_of(const FormatContext& context, const Candidate& candidate) {
  if (candidate.devices.empty() || is_unsupported(candidate)) return {};
  const auto devices = used_devices(candidate);
  // What equal cards share is kept longer than this call, so it refers to the context's workload.
  const auto own = placed_workload(context, candidate);
  const auto& workload = candidate.offload ? own : context.workload;
  const Situation situation{context.model,          context.weights,        workload,
                            *context.choice.format, context.engine,         devices,
                            candidate.split,        candidate.gpus.empty(), context.draft};
  const bool alike = std::all_of(devices.begin(), devices.end(),
                                 [&](const Device& device) { return device == devices.front(); });
  const bool equal = candidate.gpus.size() == 1 && alike && !candidate.offload;
  return equal ? context.shares.reach(situation) : llmfit::reach(situation);
}

void solve_inverses(const FormatContext& context, Candidate& candidate) {
  if (candidate.devices.empty()) return;
  const auto devices = used_devices(candidate);
  const auto own = placed_workload(context, candidate);
  const auto& workload = candidate.offload ? own : context.workload;
  if (!candidate.gpus.empty()) {
    add_details(candidate.devices, context.model, context.weights, workload, candidate.split);
  }
  if (is_unsupported(candidate)) return;
  const auto solved = reach_of(context, candidate);
  candidate.max_context = solved.context;
  candidate.max_sequences = solved.sequences;
  // The plan is of one model; beside a draft it would promise the draft's part of the cache too.
  const bool alone = context.draft == nullptr;
  if (!alone || context.workload.engine != Engine::vllm) return;
  candidate.vllm =
      plan_vllm({context.model, context.weights, workload, *context.choice.format, context.engine,
                 devices, candidate.split, candidate.gpus.empty(), context.draft});
}

}  // namespace llmfit::search
