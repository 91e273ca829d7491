// SPDX-License-Identifier: MIT
#include "sizing/sparse_cache.hpp"

#include "sizing/engine_llama_cpp.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

/// Every sequence has a stream of its own, also under a unified cache, and there each is as long as
/// all of them together.
Workload one_stream(const Workload& workload) {
  auto one = workload;
  if (workload.llama_cpp.kv_unified) {
    one.context = (Tokens{workload.context} * workload.sequences).count();
    one.sequences = 1;
    one.llama_cpp.kv_unified = false;
  }
  return one;
}

}  // namespace

// llama.cpp v0.5.0: src/llama-kv-cache-dsa.cpp, src/llama-kv-cache-msa.cpp.
Bytes indexer_cache_bytes(const CacheRule& rule, const Layer& layer) {
  if (!rule.model.arch.indexer) return Bytes{0};
  const std::int64_t width = rule.model.arch.indexer->head_dim;
  const auto extent = cache_extent(rule.workload, 0);
  const auto keys = cache_tensor_bytes(rule, rule.workload.cache_k, width, extent);
  if (caches_latent(rule.model.arch, layer)) return keys;
  return keys + cache_tensor_bytes(rule, rule.workload.cache_v, width, extent);
}

// llama.cpp v0.5.0: src/llama-kv-cache-dsv4.cpp.
Bytes compressed_cache_bytes(const CacheRule& rule, const Layer& layer) {
  const auto& compressed = rule.model.arch.compressed;
  const auto stream = one_stream(rule.workload);
  const auto tensor = [&](std::int64_t width, std::int64_t cells) {
    return cache_tensor_bytes(rule, rule.workload.cache_k, width, {cells, rule.workload.sequences});
  };
  const auto latest = tensor(layer.head_dim, cache_extent(stream, layer.window).tokens);
  if (layer.compress_ratio == 0) return latest;
  const auto rows = ceil_div(cache_extent(stream, 0).tokens, layer.compress_ratio);
  const auto cells = ceil_div(rows, cell_step) * cell_step;
  const auto all = latest + tensor(layer.head_dim, cells);
  if (layer.compress_ratio != overlapping_ratio || !compressed) return all;
  return all + tensor(compressed->index_head_dim, cells);
}

}  // namespace llmfit::sizing::llama_cpp
