// SPDX-License-Identifier: MIT
#include "placement/sharing.hpp"

#include <algorithm>
#include <cmath>

#include "sizing/engine_vllm.hpp"
#include "sizing/vllm_experts.hpp"

namespace llmfit::placement {
namespace {

Bytes divided(Bytes bytes, std::int64_t parts) {
  if (parts == 1 || bytes.overflowed()) return bytes;
  return Bytes{sizing::ceil_div(bytes.count(), parts)};
}

/// What of a block's weights one rank holds.
class RankWeights {
 public:
  RankWeights(const Pieces& pieces, const Split& split, std::int64_t rank)
      : ranks_(split.tensor),
        expert_ranks_(expert_ranks(split)),
        scale_(pieces.expert_scale),
        cut_alike_(!split.experts && split.data == 1),
        whole_shared_(split.experts && split.data > 1 && split.tensor > 1) {
    const auto& experts = pieces.model.arch.experts;
    if (!split.experts || !experts || experts->count < 1) return;
    count_ = experts->count;
    held_ = experts_held(count_, expert_ranks_, rank);
  }

  [[nodiscard]] Bytes of(const BlockLoad& load) const {
    if (cut_alike_ && load.experts == Bytes{0}) {
      return divided(load.sharded, ranks_) + load.replicated;
    }
    const auto padded = sizing::times(load.experts, scale_);
    if (cut_alike_) {
      return divided(load.sharded - load.experts, ranks_) + divided(padded, ranks_) +
             load.replicated;
    }
    const auto others = load.sharded - load.routed - load.shared_experts;
    return divided(others, ranks_) + routed(load.routed - load.experts + padded) +
           shared(load.shared_experts) + load.replicated;
  }

  /// Beside that: copies of KV heads, where there are fewer of them than ranks.
  [[nodiscard]] Bytes copies(const BlockLoad& load, const Layer& layer) const {
    if (!kv_heads_copied(layer, ranks_)) return Bytes{0};
    return divided(load.kv_heads, layer.kv_heads) - divided(load.kv_heads, ranks_);
  }

 private:
  [[nodiscard]] Bytes routed(Bytes bytes) const {
    if (count_ == 0 || bytes.overflowed()) return divided(bytes, expert_ranks_);
    const auto expert = Bytes{sizing::ceil_div(bytes.count(), count_)};
    return held_ == count_ ? bytes : expert * held_;
  }

  /// With tokens dealt out over tensor ranks too, each computes shared experts whole
  /// (vllm/config/parallel.py, use_sequence_parallel_moe).
  [[nodiscard]] Bytes shared(Bytes bytes) const {
    return whole_shared_ ? bytes : divided(bytes, ranks_);
  }

  std::int64_t ranks_;
  std::int64_t expert_ranks_;
  double scale_;
  bool cut_alike_;  ///< experts like everything else
  bool whole_shared_;
  std::int64_t count_ = 0;  ///< of whole experts; 0: they are cut
  std::int64_t held_ = 0;
};

/// The plans by which transformers cuts a model name its blocks and its output matrix, so every
/// rank has the embedding whole.
Bytes input_weights(const Pieces& pieces, const RankWeights& weights) {
  if (pieces.engine != Engine::transformers) return weights.of(pieces.input);
  return pieces.input.sharded + pieces.input.replicated;
}

/// vLLM keeps a tied matrix once on one stage, but the first and the last of several need it.
bool needs_second_copy(const Pieces& pieces, const StageRange& range) {
  return range.output && !range.input && pieces.model.arch.tied_embeddings &&
         pieces.engine == Engine::vllm;
}

}  // namespace

Split dealt_split(const Pieces& pieces, const Split& split, std::size_t devices) {
  if (!pieces.model.layers.empty()) return split;
  return {static_cast<std::int32_t>(devices), 1, split.nodes, 1, false};
}

bool kv_heads_copied(const Layer& layer, std::int64_t ranks) {
  return layer.kv_heads > 0 && ranks > layer.kv_heads && ranks % layer.kv_heads == 0;
}

Bytes rank_cache(Engine engine, Bytes cache, std::int64_t ranks) {
  return engine == Engine::vllm ? cache : divided(cache, ranks);
}

std::int64_t expert_ranks(const Split& split) { return std::int64_t{split.data} * split.tensor; }

std::int64_t experts_held(std::int64_t count, std::int64_t ranks, std::int64_t rank) {
  return count / ranks + (rank < count % ranks ? 1 : 0);
}

std::size_t device_of(const Split& split, std::int64_t stage, std::int64_t rank) {
  const auto data = rank / split.tensor;
  return static_cast<std::size_t>((data * split.pipeline + stage) * split.tensor +
                                  rank % split.tensor);
}

bool takes_the_same(const Model& model, const Split& split, std::span<const Device> devices,
                    std::int64_t stage, std::int64_t rank) {
  if (rank == 0) return false;
  const auto& device = devices[device_of(split, stage, rank)];
  if (device.platform != devices[device_of(split, stage, rank - 1)].platform) return false;
  const auto& experts = model.arch.experts;
  if (!split.experts || !experts) return true;
  const auto ranks = expert_ranks(split);
  return experts_held(experts->count, ranks, rank) == experts_held(experts->count, ranks, rank - 1);
}

StageSums sum_stage(const Pieces& pieces, const StageRange& range, const Split& split,
                    std::int64_t rank) {
  StageSums sums;
  const std::int64_t ranks = split.tensor;
  const RankWeights weights(pieces, split, rank);
  const auto& layers = pieces.model.layers;
  for (auto i = range.first; i < range.last; ++i) {
    const auto& block = pieces.blocks[i];
    sums.weights += weights.of(block);
    sums.state += rank_cache(pieces.engine, block.state, ranks);
    if (i >= layers.size()) continue;
    if (ranks > 1) sums.weights += weights.copies(block, layers[i]);
    sums.cache += rank_cache(pieces.engine, block.kv_cache, ranks);
  }
  // Only blocks are moved to the host (vllm/model_executor/models/utils.py).
  sums.on_host = std::min(pieces.cpu_offload, sums.weights);
  sums.weights -= sums.on_host;
  if (range.input) sums.weights += input_weights(pieces, weights);
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

bool works_on_one(const Workload& workload) {
  return workload.engine == Engine::llama_cpp && workload.llama_cpp.split_mode == SplitMode::none;
}

std::size_t main_device(const Workload& workload, std::size_t devices) {
  return std::min(static_cast<std::size_t>(workload.llama_cpp.main_gpu), devices - 1);
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

Split settled(const Workload& workload, Split split) {
  const bool dealt = workload.engine == Engine::vllm && workload.vllm.expert_parallel;
  split.experts = split.experts || dealt;
  return split;
}

std::int64_t rank_sequences(const Split& split, std::int64_t sequences) {
  return sizing::ceil_div(sequences, std::int64_t{split.data});
}

Workload on_devices(const Workload& workload, const Split& split, std::span<const Device> devices) {
  if (workload.engine != Engine::vllm || devices.empty()) return workload;
  auto rank = workload;
  rank.sequences = rank_sequences(split, workload.sequences);
  rank.vllm.expert_parallel = workload.vllm.expert_parallel || split.experts;
  return sizing::vllm::on_device(rank, devices.front().whole(), devices.front().platform);
}

double expert_scale(const Model& model, const Workload& workload, const Split& split,
                    Platform platform) {
  if (workload.engine != Engine::vllm) return 1;
  auto settings = workload.vllm;
  settings.platform = platform;
  settings.expert_parallel = settings.expert_parallel || split.experts;
  return sizing::vllm::expert_scale(model, settings, expert_ranks(split));
}

}  // namespace llmfit::placement
