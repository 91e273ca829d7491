// SPDX-License-Identifier: MIT
#include "llmfit/vllm_plan.hpp"

#include <algorithm>
#include <cmath>

#include "placement/largest.hpp"
#include "placement/sharing.hpp"
#include "sizing/cache.hpp"
#include "sizing/engine_vllm.hpp"
#include "sizing/parts.hpp"
#include "sizing/vllm_pages.hpp"

namespace llmfit {
namespace {

namespace vllm = sizing::vllm;

/// What the stages of a situation are computed from.
struct Ground {
  const Situation& situation;
  Split split;
  Workload workload;  ///< with what vLLM makes of the devices
  sizing::Widths widths;
  vllm::Pages pages;

  explicit Ground(const Situation& asked)
      : situation(asked),
        split(placement::settled(asked.workload, asked.split)),
        workload(placement::on_devices(asked.workload, split, asked.devices)),
        widths(sizing::widths_of(asked.model)),
        pages(asked.model, workload, asked.split.tensor) {}
  Ground(const Ground&) = delete;
  Ground& operator=(const Ground&) = delete;
};

std::int64_t cached_layers(const Model& model, const placement::StageRange& range) {
  std::int64_t count = 0;
  for (auto i = range.first; i < std::min(range.last, model.layers.size()); ++i) {
    const auto& layer = model.layers[i];
    count += sizing::holds_tokens(layer) ? 1 : 0;
    count += sizing::keeps_state(layer) ? 1 : 0;
  }
  return count;
}

/// Of the stage's ranks on the smallest device, the first: experts dealt out whole leave none with
/// more.
struct TightRank {
  Device device;
  std::int64_t rank = 0;
};

TightRank smallest_device(const Ground& ground, std::size_t stage) {
  const auto& devices = ground.situation.devices;
  const auto at = [&](std::int64_t rank) -> const Device& {
    return devices[placement::device_of(ground.split, static_cast<std::int64_t>(stage), rank)];
  };
  TightRank least{at(0), 0};
  for (std::int64_t rank = 1; rank < placement::expert_ranks(ground.split); ++rank) {
    if (at(rank).usable < least.device.usable) least = {at(rank), rank};
  }
  return least;
}

Bytes kv_budget(const Workload& workload, const VllmPlan& plan) {
  if (workload.vllm.kv_cache_memory) return *workload.vllm.kv_cache_memory;
  return plan.budget - plan.weights - plan.activation - plan.graphs - plan.non_torch;
}

VllmPlan plan_stage(const Ground& ground, placement::Pieces& pieces,
                    const placement::StageRange& range, std::size_t stage) {
  const auto& situation = ground.situation;
  const auto& split = ground.split;
  const auto [device, rank] = smallest_device(ground, stage);
  pieces.expert_scale =
      placement::expert_scale(situation.model, ground.workload, split, device.platform);
  const sizing::ComputeQuery query{situation.model, ground.widths, ground.workload};
  const Stage place{static_cast<std::int32_t>(stage), split.pipeline, split.tensor};
  VllmPlan plan;
  plan.budget = placement::vllm_share(ground.workload, device);
  plan.weights = placement::sum_stage(pieces, range, split, rank).weights;
  plan.activation = sizing::compute_of(query, place, device.whole()).value_or(Bytes{0});
  plan.graphs = vllm::graphs(ground.workload).bytes;
  plan.non_torch = placement::device_runtime(
      ground.workload, vllm::non_torch(ground.workload, situation.engine).bytes,
      situation.devices.size());
  plan.kv_budget = kv_budget(ground.workload, plan);
  plan.block_bytes =
      ground.pages.block_bytes(cached_layers(situation.model, range), ground.pages.layers());
  const bool any = plan.block_bytes > Bytes{0} && plan.kv_budget > Bytes{0};
  plan.blocks = any ? plan.kv_budget.count() / plan.block_bytes.count() : 0;
  return plan;
}

/// The stage with the fewest blocks decides for all; one without a cache has no say.
VllmPlan tightest_stage(const Ground& ground) {
  const auto& situation = ground.situation;
  placement::Pieces pieces{situation.model,
                           Engine::vllm,
                           situation.weights.input,
                           situation.weights.blocks,
                           situation.weights.output,
                           1.0,
                           ground.workload.vllm.cpu_offload};
  const auto ranges =
      placement::stage_ranges(situation.model, ground.workload, situation.weights.blocks.size(),
                              ground.split, situation.devices);
  std::optional<VllmPlan> least;
  for (std::size_t stage = 0; stage < ranges.size(); ++stage) {
    const auto plan = plan_stage(ground, pieces, ranges[stage], stage);
    const bool caches = plan.block_bytes > Bytes{0};
    if (!least || (caches && plan.blocks < least->blocks)) least = plan;
  }
  return *least;
}

/// vllm/v1/core/kv_cache_utils.py; the order of the sums is that of the version.
void count_tokens(const Ground& ground, VllmPlan& plan) {
  const auto context = ground.workload.context;
  plan.block_tokens = ground.pages.smallest_block();
  plan.blocks_per_sequence = ground.pages.blocks(context);
  if (plan.blocks_per_sequence == 0) return;
  plan.max_concurrency =
      static_cast<double>(plan.blocks) / static_cast<double>(plan.blocks_per_sequence);
  if (vllm::rules_of(ground.workload.vllm).tokens_by_concurrency) {
    const auto tokens = plan.max_concurrency * static_cast<double>(context);
    plan.cache_tokens = static_cast<std::int64_t>(std::floor(tokens + 1e-6));
  } else {
    plan.cache_tokens = plan.blocks / ground.pages.groups() * plan.block_tokens *
                        ground.workload.vllm.decode_context;
  }
}

std::int64_t longest(const Ground& ground, const VllmPlan& plan) {
  return placement::largest(1, ground.workload.context, [&](std::int64_t context) {
    return plan.blocks - ground.pages.blocks(context);
  });
}

std::optional<VllmRefusal> refusal(const Ground& ground, const VllmPlan& plan,
                                   std::optional<Bytes> free) {
  const auto& device = ground.situation.devices.front();
  if (free.value_or(placement::free_at_start(ground.workload, device)) < plan.budget) {
    return VllmRefusal::free_memory;
  }
  if (plan.weights > device.usable) return VllmRefusal::weights;
  if (plan.blocks_per_sequence == 0) return std::nullopt;
  if (plan.kv_budget <= Bytes{0}) return VllmRefusal::no_cache_blocks;
  if (plan.blocks < plan.blocks_per_sequence) return VllmRefusal::context_too_long;
  return std::nullopt;
}

bool is_plannable(const Situation& situation) {
  const auto devices = static_cast<std::int64_t>(situation.devices.size());
  return situation.workload.engine == Engine::vllm && !situation.model.known_by_size_only &&
         sizing::knows_cache(situation.model, Engine::vllm) && !situation.model.layers.empty() &&
         devices > 0 && devices == situation.split.devices();
}

}  // namespace

std::string_view to_string(VllmRefusal refusal) {
  switch (refusal) {
    case VllmRefusal::free_memory:
      return "free_memory";
    case VllmRefusal::weights:
      return "weights";
    case VllmRefusal::no_cache_blocks:
      return "no_cache_blocks";
    case VllmRefusal::context_too_long:
      return "context_too_long";
  }
  return "unknown";
}

std::optional<VllmPlan> plan_vllm(const Situation& situation, std::optional<Bytes> free) {
  if (!is_plannable(situation)) return std::nullopt;
  const Ground ground(situation);
  auto plan = tightest_stage(ground);
  count_tokens(ground, plan);
  plan.longest_context = longest(ground, plan);
  plan.refusal = refusal(ground, plan, free);
  return plan;
}

}  // namespace llmfit
