// SPDX-License-Identifier: MIT
#include "placement/sharing.hpp"

#include <algorithm>
#include <cmath>

#include "sizing/engine_vllm.hpp"

namespace llmfit::placement {
namespace {

Bytes divided(Bytes bytes, std::int64_t parts) {
  if (parts == 1 || bytes.overflowed()) return bytes;
  return Bytes{sizing::ceil_div(bytes.count(), parts)};
}

/// What of a block's weights one rank holds.
class RankWeights {
 public:
  RankWeights(std::int64_t ranks, double expert_scale) : ranks_(ranks), scale_(expert_scale) {}

  [[nodiscard]] Bytes of(const BlockLoad& load) const {
    if (load.experts == Bytes{0}) return divided(load.sharded, ranks_) + load.replicated;
    const auto others = load.sharded - load.experts;
    return divided(others, ranks_) + divided(sizing::times(load.experts, scale_), ranks_) +
           load.replicated;
  }

  /// Beside that: copies of KV heads, where there are fewer of them than ranks.
  [[nodiscard]] Bytes copies(const BlockLoad& load, const Layer& layer) const {
    if (!kv_heads_copied(layer, ranks_)) return Bytes{0};
    return divided(load.kv_heads, layer.kv_heads) - divided(load.kv_heads, ranks_);
  }

 private:
  std::int64_t ranks_;
  double scale_;
};

/// vLLM keeps a tied matrix once on one stage, but the first and the last of several need it.
bool needs_second_copy(const Pieces& pieces, const StageRange& range) {
  return range.output && !range.input && pieces.model.arch.tied_embeddings &&
         pieces.engine == Engine::vllm;
}

}  // namespace

Split dealt_split(const Pieces& pieces, const Split& split, std::size_t devices) {
  if (!pieces.model.layers.empty()) return split;
  return {static_cast<std::int32_t>(devices), 1, split.nodes};
}

bool kv_heads_copied(const Layer& layer, std::int64_t ranks) {
  return layer.kv_heads > 0 && ranks > layer.kv_heads && ranks % layer.kv_heads == 0;
}

Bytes rank_cache(Engine engine, Bytes cache, std::int64_t ranks) {
  return engine == Engine::vllm ? cache : divided(cache, ranks);
}

StageSums sum_stage(const Pieces& pieces, const StageRange& range, const Split& split) {
  StageSums sums;
  const std::int64_t ranks = split.tensor;
  const RankWeights weights(ranks, pieces.expert_scale);
  const auto& layers = pieces.model.layers;
  for (auto i = range.first; i < range.last; ++i) {
    const auto& block = pieces.blocks[i];
    sums.weights += weights.of(block);
    sums.state += rank_cache(pieces.engine, block.state, ranks);
    if (i >= layers.size()) continue;
    if (ranks > 1) sums.weights += weights.copies(block, layers[i]);
    sums.cache += rank_cache(pieces.engine, block.kv_cache, ranks);
  }
  if (range.input) sums.weights += weights.of(pieces.input);
  if (range.output) sums.weights += weights.of(pieces.output);
  if (needs_second_copy(pieces, range)) sums.weights += divided(pieces.input.sharded, ranks);
  return sums;
}

Bytes device_runtime(const Workload& workload, Bytes alone, std::size_t devices) {
  const auto engine = workload.engine;
  if (devices == 1) return alone;
  // The textbook overhead is a share of the weights, so it is divided as they are.
  if (engine == Engine::params) return divided(alone, static_cast<std::int64_t>(devices));
  return engine == Engine::vllm ? alone + sizing::vllm::communication(workload) : alone;
}

Bytes vllm_share(const Workload& workload, const Device& device) {
  const auto share = workload.vllm.utilization * static_cast<double>(device.whole().count());
  return Bytes{static_cast<std::int64_t>(std::floor(share))};
}

Bytes free_at_start(const Workload& workload, const Device& device) {
  return std::min(device.usable, sizing::vllm::free_at_start(workload, device.whole()));
}

Bytes available(const Workload& workload, const Device& device) {
  if (workload.engine != Engine::vllm || workload.vllm.kv_cache_memory) return device.usable;
  const auto share = vllm_share(workload, device);
  return share > free_at_start(workload, device) ? Bytes{0} : share;
}

Bytes headroom(const Workload& workload, Bytes available, Bytes cache, Bytes others) {
  const auto& given = workload.vllm.kv_cache_memory;
  if (workload.engine != Engine::vllm || !given) return available - cache - others;
  return std::min(*given - cache, available - *given - others);
}

Workload on_devices(const Workload& workload, std::span<const Device> devices) {
  if (workload.engine != Engine::vllm || devices.empty()) return workload;
  return sizing::vllm::on_device(workload, devices.front().whole(), devices.front().platform);
}

}  // namespace llmfit::placement
