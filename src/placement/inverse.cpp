// SPDX-License-Identifier: MIT
#include <algorithm>

#include "placement/largest.hpp"
#include "placement/trial.hpp"

namespace llmfit {
namespace {

constexpr std::int64_t longest_context = std::int64_t{1} << 31;
constexpr std::int64_t most_sequences = 1'000'000;

/// False where the cache is unknown, or the devices are not those of the split.
bool is_solvable(const Situation& situation) {
  const auto& [tensor, pipeline, nodes] = situation.split;
  const auto devices = static_cast<std::int64_t>(situation.devices.size());
  return !situation.model.known_by_size_only && !situation.model.layers.empty() && devices > 0 &&
         devices == std::int64_t{tensor} * pipeline;
}

/// Contexts between two multiples of this take the same cache.
std::int64_t context_step(const Workload& workload) {
  if (workload.engine == Engine::llama_cpp) return workload.llama_cpp.kv_unified ? 1 : 256;
  return workload.engine == Engine::vllm ? 16 : 1;
}

/// The host's memory in place of devices: the same questions, asked of the whole footprint.
class HostTrial {
 public:
  using Rounding = placement::Trial::Rounding;

  explicit HostTrial(const Situation& situation)
      : situation_(situation), workload_(situation.workload) {}

  std::int64_t headroom(std::int64_t context, std::int64_t sequences,
                        Rounding = Rounding::as_engine) {
    workload_.context = context;
    workload_.sequences = sequences;
    const auto& [model, weights, workload, format, engine, devices, split, on_host] = situation_;
    const auto footprint = size(model, weights, workload_, format, engine);
    if (!footprint) return Bytes::min().count();  // more than can be counted
    const auto need = host_load(weights, *footprint).total();
    return (placement::available(workload_, devices.front()) - need).count();
  }

 private:
  const Situation& situation_;
  Workload workload_;
};

template <class Trial>
std::int64_t solve_context(const Situation& situation) {
  const auto& model = situation.model;
  const auto limit = model.context_length ? std::min(longest_context, model.context_length->count())
                                          : longest_context;
  Trial trial(situation);
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

template <class Trial>
std::int64_t solve_sequences(const Situation& situation) {
  Trial trial(situation);
  const auto context = situation.workload.context;
  // llama.cpp rounds its batch up to a multiple of the sequences, so memory is not monotone in
  // them. Without the rounding it is, and never more: search there, then walk down to a real fit.
  auto sequences = placement::largest(1, most_sequences, [&](std::int64_t n) {
    return trial.headroom(context, n, Trial::Rounding::none);
  });
  while (sequences > 0 && trial.headroom(context, sequences) < 0) {
    --sequences;
  }
  return sequences;
}

}  // namespace

std::optional<std::int64_t> max_context(const Situation& situation) {
  if (!is_solvable(situation)) return std::nullopt;
  return situation.on_host ? solve_context<HostTrial>(situation)
                           : solve_context<placement::Trial>(situation);
}

std::optional<std::int64_t> max_sequences(const Situation& situation) {
  if (!is_solvable(situation)) return std::nullopt;
  return situation.on_host ? solve_sequences<HostTrial>(situation)
                           : solve_sequences<placement::Trial>(situation);
}

}  // namespace llmfit
