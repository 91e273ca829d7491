// SPDX-License-Identifier: MIT
#include <algorithm>

#include "placement/hosted.hpp"
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

/// What the tightest device has left with another context or number of sequences.
class Headroom {
 public:
  using Rounding = placement::Trial::Rounding;

  explicit Headroom(const Situation& situation) : workload_(situation.workload) {
    if (placement::keeps_on_host(situation.model, workload_) && !situation.on_host) {
      hosted_.emplace(situation);
    } else {
      trial_.emplace(situation);
    }
  }

  std::int64_t of(std::int64_t context, std::int64_t sequences,
                  Rounding rounding = Rounding::as_engine) {
    if (trial_) return trial_->headroom(context, sequences, rounding);
    workload_.context = context;
    workload_.sequences = sequences;
    return hosted_->headroom(workload_, rounding);
  }

 private:
  Workload workload_;
  std::optional<placement::Trial> trial_;
  std::optional<placement::HostedPlacer> hosted_;
};

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

/// A draft beside a model that lies partly on the host is placed, but not searched for.
bool is_searchable(const Situation& situation) {
  return situation.draft == nullptr || situation.on_host ||
         !placement::keeps_on_host(situation.model, situation.workload);
}

std::int64_t solve_context(const Situation& situation) {
  const auto& model = situation.model;
  const auto limit = model.context_length ? std::min(longest_context, model.context_length->count())
                                          : longest_context;
  Headroom trial(situation);
  const auto headroom = [&](std::int64_t context) {
    return trial.of(context, situation.workload.sequences);
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
  if (workload.vllm.max_num_seqs) return *workload.vllm.max_num_seqs;
  const auto& layers = situation.model.layers;
  const bool held = std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
    return sizing::holds_tokens(layer) || sizing::keeps_state(layer);
  });
  if (held) return most_sequences;
  const auto here = placement::on_devices(workload, situation.devices);
  return sizing::vllm::scheduler(here, std::nullopt).sequences;
}

std::int64_t solve_sequences(const Situation& situation) {
  using Rounding = placement::Trial::Rounding;
  Headroom trial(situation);
  const auto context = situation.workload.context;
  const auto limit = sequences_limit(situation);
  const auto monotone = std::min(monotone_from(situation.workload), limit);
  const auto many =
      placement::largest(monotone, limit, [&](std::int64_t n) { return trial.of(context, n); });
  if (many >= monotone) return many;
  // With fewer sequences llama.cpp rounds its batch up to a multiple of them. Without the rounding
  // memory is monotone, and never more: search there, then walk down to a real fit.
  auto few = placement::largest(
      1, monotone - 1, [&](std::int64_t n) { return trial.of(context, n, Rounding::none); });
  while (few > 0 && trial.of(context, few) < 0) --few;
  return few;
}

}  // namespace

std::optional<std::int64_t> max_context(const Situation& situation) {
  if (!is_solvable(situation) || !is_searchable(situation)) return std::nullopt;
  const auto context = solve_context(on_main_device(situation));
  // Nothing grows with the context and nobody set a limit: there is no largest one.
  const bool endless = context >= longest_context && !situation.model.context_length;
  return endless ? std::nullopt : std::optional(context);
}

std::optional<std::int64_t> max_sequences(const Situation& situation) {
  // Every sequence has a state of its own: while its size is unknown, so is their number.
  if (!is_solvable(situation) || !state_is_known(situation) || !is_searchable(situation)) {
    return std::nullopt;
  }
  return solve_sequences(on_main_device(situation));
}

}  // namespace llmfit
