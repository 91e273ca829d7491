// SPDX-License-Identifier: MIT
#include <algorithm>

#include "placement/hosted.hpp"
#include "placement/largest.hpp"
#include "placement/room.hpp"
#include "placement/sharing.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/state.hpp"
#include "sizing/vllm_pages.hpp"
#include "sizing/vllm_rules.hpp"

namespace llmfit {
namespace {

/// A draft beside a model that lies partly on the host is placed, but not searched for.
bool is_searchable(const Situation& situation) {
  return situation.draft == nullptr || situation.on_host ||
         !placement::keeps_on_host(situation.model, situation.workload);
}

/// False where the cache is unknown, or the devices are not those of the split.
bool is_solvable(const Situation& situation) {
  const auto devices = static_cast<std::int64_t>(situation.devices.size());
  return !situation.model.known_by_size_only && !situation.model.layers.empty() &&
         sizing::knows_cache(situation.model, situation.workload.engine) && devices > 0 &&
         devices == situation.split.devices() && is_searchable(situation);
}

bool state_is_known(const Situation& situation) {
  const auto widths = sizing::widths_of(situation.model);
  if (!widths.any_state) return true;
  const sizing::CacheRule rule(situation.model, widths, situation.workload);
  const auto& layers = situation.model.layers;
  return std::all_of(layers.begin(), layers.end(), [&](const Layer& layer) {
    return sizing::layer_state_bytes(rule, layer).has_value();
  });
}

/// Contexts between two multiples of this take the same cache.
std::int64_t context_step(const Workload& workload) {
  if (workload.engine == Engine::llama_cpp) {
    return workload.llama_cpp.kv_unified ? 1 : sizing::llama_cpp::cell_step;
  }
  return workload.engine == Engine::vllm ? sizing::vllm::block_tokens : 1;
}

/// Only the one device that works counts.
Situation on_main_device(const Situation& situation) {
  if (!placement::works_on_one(situation.workload) || situation.devices.size() < 2) {
    return situation;
  }
  const auto main = placement::main_device(situation.workload, situation.devices.size());
  return {situation.model,  situation.weights, situation.workload,
          situation.format, situation.engine,  situation.devices.subspan(main, 1),
          Split{1, 1, 1},   situation.on_host, situation.draft};
}

std::int64_t solve_context(const Situation& situation, placement::Room& room) {
  const auto& model = situation.model;
  const auto limit = model.context_length ? std::min(longest_context, model.context_length->count())
                                          : longest_context;
  const auto headroom = [&](std::int64_t context) {
    return room.left(context, situation.workload.sequences);
  };
  const auto step = context_step(situation.workload);
  const auto steps = sizing::ceil_div(limit, step);
  const auto whole = placement::largest(
      1, steps, [&](std::int64_t n) { return headroom(std::min(n * step, limit)); });
  if (whole == steps) return limit;
  // Short contexts have smaller batches, so a part of the next step may still fit.
  return placement::largest(whole * step + 1, std::min((whole + 1) * step, limit) - 1, headroom);
}

/// From this number of sequences on every one of them has a token in llama.cpp's micro-batch, so
/// its memory grows with them.
std::int64_t monotone_from(const Workload& workload) {
  if (workload.engine != Engine::llama_cpp) return 1;
  return std::min({workload.llama_cpp.batch, workload.llama_cpp.ubatch, most_sequences});
}

/// What the engine's own settings allow. Under vLLM sequences without cache and state are held only
/// while they are computed, so no more than one step takes, unless more were asked for.
std::int64_t sequences_limit(const Situation& situation) {
  const auto& workload = situation.workload;
  if (workload.engine == Engine::llama_cpp) return sizing::llama_cpp::most_sequences;
  if (workload.engine != Engine::vllm) return most_sequences;
  const std::int64_t ranks = situation.split.data;
  if (workload.vllm.max_num_seqs) return *workload.vllm.max_num_seqs * ranks;
  const auto& layers = situation.model.layers;
  const bool held = std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
    return sizing::holds_tokens(layer) || sizing::keeps_state(layer);
  });
  if (held) return most_sequences;
  const auto here = placement::on_devices(workload, situation.split, situation.devices);
  return sizing::vllm::scheduler(here, std::nullopt).sequences * ranks;
}

std::int64_t solve_sequences(const Situation& situation, placement::Room& room) {
  using Rounding = placement::Room::Rounding;
  const auto context = situation.workload.context;
  const auto limit = sequences_limit(situation);
  const auto monotone = std::min(monotone_from(situation.workload), limit);
  const auto many =
      placement::largest(monotone, limit, [&](std::int64_t n) { return room.left(context, n); });
  if (many >= monotone) return many;
  // With fewer sequences llama.cpp rounds its batch up to a multiple of them. Without the rounding
  // memory is monotone, and never more: search there, then walk down to a real fit.
  auto few = placement::largest(
      1, monotone - 1, [&](std::int64_t n) { return room.left(context, n, Rounding::none); });
  while (few > 0 && room.left(context, few) < 0) --few;
  return few;
}

std::optional<std::int64_t> context_with(const Situation& situation, placement::Room& room) {
  const auto context = solve_context(situation, room);
  // Nothing grows with the context and nobody set a limit: there is no largest one.
  const bool endless = context >= longest_context && !situation.model.context_length;
  return endless ? std::nullopt : std::optional(context);
}

}  // namespace

std::optional<std::int64_t> max_context(const Situation& situation) {
  if (!is_solvable(situation)) return std::nullopt;
  const auto here = on_main_device(situation);
  placement::Room room(here);
  return context_with(here, room);
}

std::optional<std::int64_t> max_sequences(const Situation& situation) {
  // Every sequence has a state of its own: while its size is unknown, so is their number.
  if (!is_solvable(situation) || !state_is_known(situation)) return std::nullopt;
  const auto here = on_main_device(situation);
  placement::Room room(here);
  return solve_sequences(here, room);
}

Reach reach(const Situation& situation) {
  if (!is_solvable(situation)) return {};
  const auto here = on_main_device(situation);
  placement::Room room(here);
  Reach found;
  found.context = context_with(here, room);
  if (state_is_known(here)) found.sequences = solve_sequences(here, room);
  return found;
}

ReachSolver::ReachSolver(const Situation& situation)
    : devices_(situation.devices.begin(), situation.devices.end()),
      situation_{situation.model,  situation.weights, situation.workload,
                 situation.format, situation.engine,  devices_,
                 situation.split,  situation.on_host, situation.draft},
      working_(on_main_device(situation_)) {
  if (!is_solvable(situation_)) return;
  states_known_ = state_is_known(working_);
  room_ = std::make_unique<placement::Room>(working_);
}

ReachSolver::~ReachSolver() = default;

Reach ReachSolver::on(const Device& device) {
  if (!room_) return {};
  if (working_.workload.engine != Engine::vllm) room_->put_on(device);
  Reach found;
  found.context = context_with(working_, *room_);
  if (states_known_) found.sequences = solve_sequences(working_, *room_);
  return found;
}

}  // namespace llmfit
