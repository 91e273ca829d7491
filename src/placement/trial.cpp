// SPDX-License-Identifier: MIT
#include "placement/trial.hpp"

#include <algorithm>

#include "sizing/state.hpp"
#include "sizing/vllm_experts.hpp"
#include "sizing/weight_loads.hpp"

namespace llmfit::placement {
namespace {

Bytes runtime_of(const Situation& situation, const Workload& workload) {
  const auto alone =
      sizing::runtime_estimate(workload, situation.engine, sizing::device_bytes(situation.weights));
  if (!alone) return Bytes{0};
  return device_runtime(workload, alone->bytes, situation.devices.size());
}

}  // namespace

Trial::Trial(const Situation& situation)
    : situation_(situation),
      widths_(sizing::widths_of(situation.model)),
      workload_(on_devices(situation.workload, situation.devices)),
      split_(situation.split),
      runtime_(runtime_of(situation, workload_)) {
  const auto& weights = situation.weights;
  const auto expert_scale =
      workload_.engine == Engine::vllm
          ? sizing::vllm::expert_scale(situation.model, workload_.vllm, split_.tensor)
          : 1.0;
  const Pieces pieces{situation.model, workload_.engine, weights.input,
                      weights.blocks,  weights.output,   expert_scale};
  for (const auto& layer : situation.model.layers) {
    const auto same = [&](const Layer* kind) { return sizing::same_attention(*kind, layer); };
    if (std::none_of(kinds_.begin(), kinds_.end(), same)) kinds_.push_back(&layer);
  }
  cache_of_kind_.resize(kinds_.size());
  for (const auto& range : stage_ranges(workload_.engine, weights.blocks.size(), split_,
                                        situation.devices, draft_blocks(situation.model))) {
    add_stage(situation.on_host ? StageSums{sizing::host_only_bytes(weights), {}, {}}
                                : sum_stage(pieces, range, split_));
    count_caches(range);
  }
  if (situation.draft != nullptr) {
    const auto& draft = *situation.draft;
    draft_situation_ = std::make_unique<Situation>(
        Situation{draft.model, draft.weights, draft.workload, draft.format, situation.engine,
                  situation.devices, situation.split, situation.on_host});
    draft_ = std::make_unique<Trial>(*draft_situation_);
  }
}

void Trial::add_stage(const StageSums& sums) {
  const auto ranks = static_cast<std::size_t>(split_.tensor);
  const auto first = stages_.size() * ranks;
  auto least = Bytes::max();
  for (auto i = first; i < first + ranks && i < situation_.devices.size(); ++i) {
    least = std::min(least, available(workload_, situation_.devices[i]));
  }
  stages_.push_back({sums.weights, least, situation_.devices[first].whole()});
}

void Trial::count_caches(const StageRange& range) {
  const auto base = counts_.size();
  counts_.resize(base + kinds_.size());
  for (auto i = range.first; i < range.last; ++i) {
    const auto& layer = situation_.model.layers[i];
    std::size_t kind = 0;
    while (!sizing::same_attention(*kinds_[kind], layer)) ++kind;
    ++counts_[base + kind];
  }
}

Bytes Trial::stage_cache(std::size_t stage) const {
  if (whole_cache_) return *whole_cache_;
  Bytes sum;
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
    sum += cache_of_kind_[kind] * counts_[stage * kinds_.size() + kind];
  }
  return sum;
}

Bytes Trial::compute_need(const sizing::ComputeQuery& query, std::size_t stage) const {
  const Bytes unknown;
  if (situation_.on_host) return sizing::host_compute(query).value_or(unknown);
  const Stage place{static_cast<std::int32_t>(stage), split_.pipeline, split_.tensor};
  return sizing::compute_of(query, place, stages_[stage].memory).value_or(unknown);
}

Bytes Trial::runtime_need(const sizing::ComputeQuery& query) const {
  return situation_.on_host ? sizing::host_runtime(query, runtime_) : runtime_;
}

void Trial::prepare(std::int64_t context, std::int64_t sequences) {
  workload_.context = context;
  workload_.sequences = sequences;
  const auto rule = situation_.on_host
                        ? sizing::host_rule(situation_.model, widths_, workload_)
                        : sizing::CacheRule(situation_.model, widths_, workload_, split_.tensor);
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
    const auto& layer = *kinds_[kind];
    const auto state = sizing::layer_state_bytes(rule, layer).value_or(Bytes{0});
    cache_of_kind_[kind] =
        rank_cache(workload_.engine, sizing::layer_cache_bytes(rule, layer), split_.tensor) +
        rank_cache(workload_.engine, state, split_.tensor);
  }
  whole_cache_.reset();
  if (rule.pages && stages_.size() == 1) {
    whole_cache_ = rule.pages->all_caches() + rule.pages->all_states();
  }
  if (draft_) draft_->prepare(context, sequences);
}

Trial::Need Trial::place_need(std::size_t stage, Rounding rounding) const {
  const sizing::ComputeQuery query{situation_.model, widths_, workload_, rounding};
  Need need{stage_cache(stage), stages_[stage].weights + compute_need(query, stage)};
  if (draft_ && stage < draft_->stages_.size()) {
    const auto more = draft_->place_need(stage, rounding);
    need.cache += more.cache;
    need.others += more.others;
  }
  return need;
}

std::int64_t Trial::headroom(std::int64_t context, std::int64_t sequences, Rounding rounding) {
  prepare(context, sequences);
  const sizing::ComputeQuery query{situation_.model, widths_, workload_, rounding};
  const auto runtime = runtime_need(query);
  auto least = Bytes::max();
  for (std::size_t stage = 0; stage < stages_.size(); ++stage) {
    const auto need = place_need(stage, rounding);
    least = std::min(least, placement::headroom(workload_, stages_[stage].available, need.cache,
                                                need.others + runtime));
  }
  return least.count();
}

}  // namespace llmfit::placement
