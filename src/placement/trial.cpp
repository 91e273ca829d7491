// SPDX-License-Identifier: MIT
#include "placement/trial.hpp"

#include <algorithm>

#include "sizing/state.hpp"
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
      workload_(on_devices(situation.workload, situation.split, situation.devices)),
      split_(settled(situation.workload, situation.split)),
      runtime_(runtime_of(situation, workload_)) {
  for (const auto& layer : situation.model.layers) {
    const auto same = [&](const Layer* kind) { return sizing::same_attention(*kind, layer); };
    if (std::none_of(kinds_.begin(), kinds_.end(), same)) kinds_.push_back(&layer);
  }
  cache_of_kind_.resize(kinds_.size());
  add_stages(stage_ranges(situation.model, workload_, situation.weights.blocks.size(), split_,
                          situation.devices));
  if (situation.draft != nullptr) {
    const auto& draft = *situation.draft;
    draft_situation_ = std::make_unique<Situation>(
        Situation{draft.model, draft.weights, draft.workload, draft.format, situation.engine,
                  situation.devices, situation.split, situation.on_host});
    draft_ = std::make_unique<Trial>(*draft_situation_);
  }
}

void Trial::add_stages(std::span<const StageRange> ranges) {
  const auto& weights = situation_.weights;
  const Pieces pieces{situation_.model,
                      workload_.engine,
                      weights.input,
                      weights.blocks,
                      weights.output,
                      1.0,
                      workload_.vllm.cpu_offload};
  for (std::size_t stage = 0; stage < ranges.size(); ++stage) {
    add_ranks(pieces, ranges[stage], stage);
    count_caches(ranges[stage]);
  }
}

void Trial::add_ranks(const Pieces& pieces, const StageRange& range, std::size_t stage) {
  const auto number = static_cast<std::int64_t>(stage);
  auto here = pieces;
  for (std::int64_t rank = 0; rank < expert_ranks(split_); ++rank) {
    const auto index = device_of(split_, number, rank);
    if (index >= situation_.devices.size()) break;
    const auto& device = situation_.devices[index];
    const auto room = available(workload_, device);
    if (takes_the_same(situation_.model, split_, situation_.devices, number, rank)) {
      stages_.back().available = std::min(stages_.back().available, room);
      continue;
    }
    here.expert_scale = expert_scale(situation_.model, workload_, split_, device.platform);
    const auto sums = situation_.on_host
                          ? StageSums{sizing::host_only_bytes(situation_.weights), {}, {}, {}}
                          : sum_stage(here, range, split_, rank);
    stages_.push_back({stage, sums.weights, room, device.whole()});
  }
}

void Trial::put_on(const Device& device) {
  const auto room = available(workload_, device);
  for (auto& stage : stages_) {
    stage.available = room;
    stage.memory = device.whole();
  }
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

Bytes Trial::compute_need(const sizing::ComputeQuery& query, const TrialStage& place) const {
  const Bytes unknown;
  if (situation_.on_host) return sizing::host_compute(query).value_or(unknown);
  const Stage stage{static_cast<std::int32_t>(place.stage), split_.pipeline, split_.tensor};
  return sizing::compute_of(query, stage, place.memory).value_or(unknown);
}

Bytes Trial::runtime_need(const sizing::ComputeQuery& query) const {
  return situation_.on_host ? sizing::host_runtime(query, runtime_) : runtime_;
}

void Trial::prepare(std::int64_t context, std::int64_t sequences) {
  workload_.context = context;
  workload_.sequences = rank_sequences(split_, sequences);
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
  if (rule.pages && split_.pipeline == 1) {
    whole_cache_ = rule.pages->all_caches() + rule.pages->all_states();
  }
  if (draft_) draft_->prepare(context, sequences);
}

Trial::Need Trial::place_need(const TrialStage& place, Rounding rounding, Guess* guess) const {
  const sizing::ComputeQuery query{situation_.model, widths_, workload_, rounding, guess};
  Need need{stage_cache(place.stage), place.weights + compute_need(query, place)};
  if (draft_) {
    const auto more = draft_->stage_need(place.stage, rounding, guess);
    need.cache += more.cache;
    need.others += more.others;
  }
  return need;
}

Trial::Need Trial::stage_need(std::size_t stage, Rounding rounding, Guess* guess) const {
  Need most;
  for (const auto& place : stages_) {
    if (place.stage != stage) continue;
    const auto need = place_need(place, rounding, guess);
    if (need.cache + need.others > most.cache + most.others) most = need;
  }
  return most;
}

std::int64_t Trial::left_of(const TrialStage& place, Rounding rounding, Guess* guess) const {
  const sizing::ComputeQuery query{situation_.model, widths_, workload_, rounding, guess};
  const auto need = place_need(place, rounding, guess);
  return placement::headroom(workload_, place.available, need.cache,
                             need.others + runtime_need(query))
      .count();
}

std::int64_t Trial::headroom(std::int64_t context, std::int64_t sequences, Rounding rounding) {
  prepare(context, sequences);
  Guess least;
  auto tightest = Bytes::max().count();
  for (const auto& place : stages_) {
    tightest = std::min(tightest, left_of(place, rounding, &least));
  }
  if (tightest < 0 || !least.used) return tightest;
  for (const auto& place : stages_) {
    if (tightest < 0) break;
    Guess most{true, false};
    auto left = left_of(place, rounding, &most);
    if (left < 0 && most.used) left = left_of(place, rounding, nullptr);
    tightest = std::min(tightest, left);
  }
  return tightest;
}

}  // namespace llmfit::placement
