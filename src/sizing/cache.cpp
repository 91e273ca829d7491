// SPDX-License-Identifier: MIT
#include "sizing/cache.hpp"

#include <algorithm>
#include <array>

#include "sizing/engine_llama_cpp.hpp"
#include "sizing/engine_state.hpp"
#include "sizing/sparse_cache.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing {
namespace {

/// transformers stores the keys and values that the heads see, so the latent is expanded.
CacheRow expanded_latent(const Layer& layer, const Mla& mla) {
  const auto key = std::int64_t{mla.qk_nope_head_dim} + mla.qk_rope_head_dim;
  return {(Elements{layer.heads} * key).count(), std::int64_t{layer.heads} * mla.v_head_dim};
}

/// llama.cpp without flash attention stores V transposed, as wide as its widest layer
/// (src/llama-kv-cache.cpp).
std::int64_t widest_v(const Model& model) {
  std::int64_t widest = 0;
  for (const auto& layer : model.layers) {
    widest = std::max(widest, std::int64_t{layer.kv_heads} * layer.value_head_dim);
  }
  return widest;
}

/// Tokens by which MLX's cache grows, and those of a page of ExLlama's; neither is sized with
/// windows (ml-explore/mlx-lm: mlx_lm/models/cache.py; turboderp-org/exllamav3:
/// exllamav3/constants.py).
constexpr std::int64_t local_cache_step = 256;

/// The results for the last two different layers: most models alternate between one or two kinds.
class CacheMemo {
 public:
  explicit CacheMemo(const CacheRule& rule) : rule_(rule) {}

  Bytes of(const Layer& layer) {
    for (const auto& entry : entries_) {
      if (entry.layer != nullptr && same_attention(*entry.layer, layer)) return entry.bytes;
    }
    entries_[next_] = {&layer, layer_cache_bytes(rule_, layer)};
    const auto bytes = entries_[next_].bytes;
    next_ = 1 - next_;
    return bytes;
  }

 private:
  struct Entry {
    const Layer* layer = nullptr;
    Bytes bytes;
  };
  const CacheRule& rule_;
  std::array<Entry, 2> entries_;
  std::size_t next_ = 0;
};

/// Values as wide as those of the widest layer, where the layer has no attention at all.
Bytes padding_values(const CacheRule& rule, const Layer& layer) {
  const bool empty = layer.kind == LayerKind::none || layer.kind == LayerKind::linear;
  if (!rule.pads_values || !empty) return Bytes{0};
  return cache_tensor_bytes(rule, rule.workload.cache_v, widest_v(rule.model),
                            cache_extent(rule, layer));
}

}  // namespace

CacheRule::CacheRule(const Model& for_model, const Widths& widths, const Workload& for_workload,
                     std::int64_t ranks)
    : model(for_model), workload(for_workload) {
  if (workload.engine == Engine::vllm) pages.emplace(model, workload, ranks);
  if (workload.engine == Engine::params) windows = false;
  if (workload.engine != Engine::llama_cpp) return;
  windows = llama_cpp::keeps_windows(widths);
  flash_attention = llama_cpp::uses_flash_attention(widths, workload);
  pads_values = !flash_attention && !widths.any_state;
}

bool knows_cache(const Model& model, Engine engine) {
  const bool rows_known = engine == Engine::llama_cpp || engine == Engine::params;
  return !model.cache_unknown && (rows_known || !model.arch.compressed);
}

CacheRule host_rule(const Model& model, const Widths& widths, const Workload& workload) {
  CacheRule rule(model, widths, workload);
  rule.on_host = true;
  if (workload.engine == Engine::llama_cpp) {
    rule.flash_attention =
        llama_cpp::flash_attention_on_host(workload) && !widths.no_flash_attention;
    rule.pads_values = !rule.flash_attention && !widths.any_state;
  }
  return rule;
}

CacheExtent cache_extent(const CacheRule& rule, const Layer& layer) {
  const auto& workload = rule.workload;
  const std::int64_t window = rule.windows && has_window(layer) ? layer.window : 0;
  switch (workload.engine) {
    case Engine::llama_cpp:
      return llama_cpp::cache_extent(workload, window);
    case Engine::mlx:
    case Engine::exllama:
      return {ceil_div(workload.context, local_cache_step) * local_cache_step, workload.sequences};
    default:
      return {window > 0 ? std::min(workload.context, window) : workload.context,
              workload.sequences};
  }
}

CacheRow cache_row(const CacheRule& rule, const Layer& layer) {
  if (caches_latent(rule.model.arch, layer)) {
    const auto& mla = *rule.model.arch.mla;
    if (rule.workload.engine == Engine::transformers) return expanded_latent(layer, mla);
    return {latent_width(mla).count(), 0};
  }
  if (layer.kind == LayerKind::compressed) return {layer.head_dim, 0};
  const std::int64_t heads = layer.kv_heads;
  // Expanded latents have wider keys than values; vLLM pads the values (models/minicpm3.py).
  if (rule.workload.engine == Engine::vllm && layer.kind == LayerKind::mla) {
    return {heads * layer.head_dim, heads * layer.head_dim};
  }
  const auto v = rule.flash_attention ? heads * layer.value_head_dim : widest_v(rule.model);
  return {heads * layer.head_dim, v};
}

Bytes cache_row_bytes(TensorType type, std::int64_t length) {
  const auto& blocks = layout(type);
  return Bytes{blocks.bytes} * ceil_div(length, blocks.elements);
}

Bytes cache_tensor_bytes(const CacheRule& rule, TensorType type, std::int64_t length,
                         const CacheExtent& extent) {
  const auto bytes = cache_row_bytes(type, length) * extent.tokens * extent.copies;
  if (rule.workload.engine != Engine::llama_cpp) return bytes;
  return llama_cpp::placed_tensor(bytes, type, length, rule.on_host);
}

Bytes layer_cache_bytes(const CacheRule& rule, const Layer& layer) {
  if (!holds_tokens(layer)) return padding_values(rule, layer);
  if (rule.pages) return rule.pages->cache(layer);
  const auto& workload = rule.workload;
  const bool llama = workload.engine == Engine::llama_cpp;
  if (llama && layer.kind == LayerKind::compressed) {
    return llama_cpp::compressed_cache_bytes(rule, layer);
  }
  const auto extent = cache_extent(rule, layer);
  const auto row = cache_row(rule, layer);
  const auto bytes = cache_tensor_bytes(rule, workload.cache_k, row.k, extent) +
                     cache_tensor_bytes(rule, workload.cache_v, row.v, extent);
  return llama && layer.indexed ? bytes + llama_cpp::indexer_cache_bytes(rule, layer) : bytes;
}

Bytes cache_bytes(const CacheRule& rule) {
  CacheMemo memo(rule);
  Bytes total;
  for (const auto& layer : rule.model.layers) total += memo.of(layer);
  return total;
}

Bytes fill_cache(const CacheRule& rule, std::vector<BlockLoad>& blocks) {
  const auto& model = rule.model;
  CacheMemo memo(rule);
  Bytes total;
  if (blocks.size() < model.layers.size()) blocks.resize(model.layers.size());
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    blocks[i].kv_cache = memo.of(model.layers[i]);
    total += blocks[i].kv_cache;
  }
  if (!rule.pages || total == rule.pages->all_caches()) return total;
  // What was rounded up with each layer's share of the padding goes off the first.
  const auto first = std::find_if(blocks.begin(), blocks.end(),
                                  [](const BlockLoad& block) { return block.kv_cache > Bytes{0}; });
  first->kv_cache -= total - rule.pages->all_caches();
  return rule.pages->all_caches();
}

}  // namespace llmfit::sizing

namespace llmfit {

Bytes kv_cache_bytes(const Model& model, const Layer& layer, const Workload& workload) {
  const auto widths = sizing::widths_of(model);
  return sizing::layer_cache_bytes(sizing::CacheRule(model, widths, workload), layer);
}

}  // namespace llmfit
