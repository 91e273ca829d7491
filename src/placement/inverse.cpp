// SPDX-License-Identifier: MIT
#include <algorithm>

#include "placement/largest.hpp"
#include "placement/sharing.hpp"
#include "placement/trial.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/state.hpp"
#include "sizing/vllm_pages.hpp"
#include "sizing/vllm_rules.hpp"

namespace llmfit {
namespace {

/// False where the cache is unknown, or the devices are not those of the split.
bool is_solvable(const Situation& situation) {
  const auto devices = static_cast<std::int64_t>(situation.devices.size());
  return !situation.model.known_by_size_only && !situation.model.layers.empty() &&
         sizing::knows_cache(situation.model, situation.workload.engine) && devices > 0 &&
         devices == situation.split.devices();
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

std::int64_t solve_context(const Situation& situation, placement::Trial& trial) {
  const auto& model = situation.model;
  const auto limit = model.context_length ? std::min(longest_context, model.context_length->count())
                                          : longest_context;
  const auto headroom = [&](std::int64_t context) {
    return trial.headroom(context, situation.workload.sequences);
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

std::int64_t solve_sequences(const Situation& situation, placement::Trial& trial) {
  using Rounding = placement::Trial::Rounding;
  const auto context = situation.workload.context;
  const auto limit = sequences_limit(situation);
  const auto monotone = std::min(monotone_from(situation.workload), limit);
  const auto many = placement::largest(monotone, limit,
                                       [&](std::int64_t n) { return trial.headroom(context, n); });
  if (many >= monotone) return many;
  // With fewer sequences llama.cpp rounds its batch up to a multiple of them. Without the rounding
  // memory is monotone, and never more: search there, then walk down to a real fit.
  auto few = placement::largest(
      1, monotone - 1, [&](std::int64_t n) { return trial.headroom(context, n, Rounding::none); });
  while (few > 0 && trial.headroom(context, few) < 0) --few;
  return few;
}

std::optional<std::int64_t> context_with(const Situation& situation, placement::Trial& trial) {
  const auto context = solve_context(situation, trial);
  // Nothing grows with the context and nobody set a limit: there is no largest one.
  const bool endless = context >= longest_context && !situation.model.context_length;
  return endless ? std::nullopt : std::optional(context);
}

}  // namespace

std::optional<std::int64_t> max_context(const Situation& situation) {
  if (!is_solvable(situation)) return std::nullopt;
  placement::Trial trial(situation);
  return context_with(situation, trial);
}

std::optional<std::int64_t> max_sequences(const Situation& situation) {
  // Every sequence has a state of its own: while its size is unknown, so is their number.
  if (!is_solvable(situation) || !state_is_known(situation)) return std::nullopt;
  placement::Trial trial(situation);
  return solve_sequences(situation, trial);
}

Limits limits(const Situation& situation) {
  if (!is_solvable(situation)) return {};
  placement::Trial trial(situation);
  Limits found;
  found.context = context_with(situation, trial);
  if (state_is_known(situation)) found.sequences = solve_sequences(situation, trial);
  return found;
}

LimitSolver::LimitSolver(const Situation& situation)
    : devices_(situation.devices.begin(), situation.devices.end()),
      situation_{situation.model,  situation.weights, situation.workload,
                 situation.format, situation.engine,  devices_,
                 situation.split,  situation.on_host, situation.draft} {
  if (!is_solvable(situation_)) return;
  states_known_ = state_is_known(situation_);
  trial_ = std::make_unique<placement::Trial>(situation_);
}

LimitSolver::~LimitSolver() = default;

Limits LimitSolver::on(const Device& device) {
  if (!trial_) return {};
  if (situation_.workload.engine != Engine::vllm) trial_->put_on(device);
  Limits found;
  found.context = context_with(situation_, *trial_);
  if (states_known_) found.sequences = solve_sequences(situation_, *trial_);
  return found;
}

}  // namespace llmfit
