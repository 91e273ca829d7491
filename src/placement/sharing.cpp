// SPDX-License-Identifier: MIT
#include "placement/sharing.hpp"

#include <cmath>

#include "sizing/engine_vllm.hpp"

namespace llmfit::placement {
namespace {

Bytes divided(Bytes bytes, std::int64_t parts) {
  if (parts == 1 || bytes.overflowed()) return bytes;
  return Bytes{sizing::ceil_div(bytes.count(), parts)};
}

Bytes rank_weights(const BlockLoad& load, std::int64_t ranks) {
  return divided(load.sharded, ranks) + load.replicated;
}

/// Every tensor-parallel rank of vLLM keeps the whole latent cache; heads are divided.
bool whole_on_each_rank(Engine engine, const Layer& layer) {
  return engine == Engine::vllm && layer.kind == LayerKind::mla;
}

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

Bytes rank_cache(Engine engine, const Layer& layer, Bytes cache, std::int64_t ranks) {
  if (whole_on_each_rank(engine, layer)) return cache;
  const bool copied = engine == Engine::vllm && kv_heads_copied(layer, ranks);
  return divided(cache, copied ? layer.kv_heads : ranks);
}

Bytes rank_state(Bytes state, std::int64_t ranks) { return divided(state, ranks); }

StageSums sum_stage(const Pieces& pieces, const StageRange& range, const Split& split) {
  StageSums sums;
  const std::int64_t ranks = split.tensor;
  const auto& layers = pieces.model.layers;
  for (auto i = range.first; i < range.last; ++i) {
    const auto& block = pieces.blocks[i];
    sums.weights += rank_weights(block, ranks);
    sums.state += rank_state(block.state, ranks);
    if (i < layers.size()) {
      sums.cache += rank_cache(pieces.engine, layers[i], block.kv_cache, ranks);
    }
  }
  if (range.input) sums.weights += rank_weights(pieces.input, ranks);
  if (range.output) sums.weights += rank_weights(pieces.output, ranks);
  if (needs_second_copy(pieces, range)) sums.weights += divided(pieces.input.sharded, ranks);
  return sums;
}

Bytes device_runtime(Engine engine, Bytes alone, std::size_t devices) {
  if (devices == 1) return alone;
  // The textbook overhead is a share of the weights, so it is divided as they are.
  if (engine == Engine::params) return divided(alone, static_cast<std::int64_t>(devices));
  return engine == Engine::vllm ? alone + sizing::vllm::communication() : alone;
}

Bytes available(const Workload& workload, const Device& device) {
  if (workload.engine != Engine::vllm) return device.usable;
  const auto share = workload.vllm.utilization * static_cast<double>(device.usable.count());
  return Bytes{static_cast<std::int64_t>(std::floor(share))};
}

bool cache_depends_on_device(const Workload& workload, const sizing::Widths& widths,
                             std::span<const Device> devices) {
  if (workload.engine != Engine::vllm || !widths.any_window_cache || devices.empty()) return false;
  const auto small = sizing::vllm::scheduler(workload, std::nullopt);
  const auto here = sizing::vllm::scheduler(workload, devices.front().usable);
  return small.tokens != here.tokens;
}

}  // namespace llmfit::placement
