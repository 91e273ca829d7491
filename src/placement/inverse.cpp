// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "placement/largest.hpp"
#include "placement/sharing.hpp"
#include "sizing/engine_vllm.hpp"
#include "sizing/weight_loads.hpp"

namespace llmfit {
namespace {

constexpr std::int64_t longest_context = std::int64_t{1} << 31;
constexpr std::int64_t most_sequences = 1'000'000;
using BatchRounding = sizing::llama_cpp::BatchRounding;

/// A situation tried with one quantity changed, again and again: what does not change is kept.
class Trial {
 public:
  explicit Trial(const Situation& situation)
      : situation_(situation),
        widths_(sizing::widths_of(situation.model)),
        workload_(on_device(situation, widths_)),
        blocks_(situation.weights.blocks),
        stages_(placement::stage_ranges(workload_.engine, situation.model.layers.size(),
                                        situation.split, situation.devices)) {
    runtime_ = sizing::runtime_estimate(workload_, situation.engine,
                                        sizing::device_bytes(situation.weights))
                   .bytes;
    loads_.reserve(situation.devices.size());
  }

  /// Bytes that the tightest device has left; negative: it does not fit.
  std::int64_t headroom(std::int64_t context, std::int64_t sequences, BatchRounding rounding) {
    workload_.context = context;
    workload_.sequences = sequences;
    sizing::fill_cache(situation_.model, workload_, blocks_);
    const placement::Portions portions{situation_.model,
                                       widths_,
                                       workload_,
                                       situation_.weights.input,
                                       blocks_,
                                       situation_.weights.output,
                                       runtime_,
                                       true,
                                       true,
                                       rounding};
    placement::deal(portions, situation_.split, situation_.devices, stages_, loads_);
    return tightest();
  }

 private:
  static Workload on_device(const Situation& situation, const sizing::Widths& widths) {
    const auto& devices = situation.devices;
    if (!placement::cache_depends_on_device(situation.workload, widths, devices)) {
      return situation.workload;
    }
    return sizing::vllm::on_device(situation.workload, devices.front().usable);
  }

  std::int64_t tightest() const {
    auto least = Bytes::max();
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      const auto left =
          placement::available(workload_, situation_.devices[i]) - loads_[i].total();
      least = std::min(least, left);
    }
    return least.count();
  }

  const Situation& situation_;
  sizing::Widths widths_;
  Workload workload_;
  std::vector<BlockLoad> blocks_;
  std::vector<placement::StageRange> stages_;
  std::optional<Bytes> runtime_;
  std::vector<DeviceLoad> loads_;
};

bool cache_is_unknown(const Situation& situation) {
  return situation.model.known_by_size_only || situation.model.layers.empty() ||
         situation.devices.empty();
}

/// Contexts between two multiples of this take the same cache.
std::int64_t context_step(const Workload& workload) {
  if (workload.engine == Engine::llama_cpp) return workload.llama_cpp.kv_unified ? 1 : 256;
  return workload.engine == Engine::vllm ? 16 : 1;
}

}  // namespace

std::optional<std::int64_t> max_context(const Situation& situation) {
  if (cache_is_unknown(situation)) return std::nullopt;
  const auto& model = situation.model;
  const auto limit =
      model.context_length ? std::min(longest_context, model.context_length->count())
                           : longest_context;
  Trial trial(situation);
  const auto headroom = [&](std::int64_t context) {
    return trial.headroom(context, situation.workload.sequences, BatchRounding::as_engine);
  };
  const auto step = context_step(situation.workload);
  const auto steps = sizing::ceil_div(limit, step);
  const auto whole = placement::largest(
      1, steps, [&](std::int64_t n) { return headroom(std::min(n * step, limit)); });
  if (whole == steps) return limit;
  // Short contexts have smaller batches, so a part of the next step may still fit.
  return placement::largest(whole * step + 1, std::min((whole + 1) * step, limit) - 1, headroom);
}

std::optional<std::int64_t> max_sequences(const Situation& situation) {
  if (cache_is_unknown(situation)) return std::nullopt;
  Trial trial(situation);
  const auto context = situation.workload.context;
  // llama.cpp rounds its batch up to a multiple of the sequences, so memory is not monotone in them.
  // Without the rounding it is, and never more: search there, then walk down to a real fit.
  auto sequences = placement::largest(1, most_sequences, [&](std::int64_t n) {
    return trial.headroom(context, n, BatchRounding::none);
  });
  while (sequences > 0 && trial.headroom(context, sequences, BatchRounding::as_engine) < 0) {
    --sequences;
  }
  return sequences;
}

}  // namespace llmfit
