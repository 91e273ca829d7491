// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "llmfit/sizing.hpp"
#include "sizing/vllm_pages.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing {

/// What a cache tensor looks like under one engine, apart from the layer it belongs to.
struct CacheRule {
  /// vLLM's cache is that of one of `ranks` tensor-parallel ranks, every other engine's the whole.
  CacheRule(const Model& model, const Widths& widths, const Workload& workload,
            std::int64_t ranks = 1);

  const Model& model;
  const Workload& workload;
  bool windows = true;          ///< false: the engine keeps the whole context on windowed layers
  bool flash_attention = true;  ///< llama.cpp only
  bool pads_values = false;     ///< llama.cpp: layers without attention have values all the same
  bool on_host = false;         ///< the layer lies in host memory
  std::optional<vllm::Pages> pages;  ///< vLLM only
};

/// The rule of a model that runs in host memory alone.
CacheRule host_rule(const Model& model, const Widths& widths, const Workload& workload);

/// False where nobody knows how the layers attend, or what the engine keeps of compressed rows.
bool knows_cache(const Model& model, Engine engine);

/// Tokens that one sequence (or stream) of a layer keeps, and how many of them there are.
struct CacheExtent {
  std::int64_t tokens = 0;
  std::int64_t copies = 0;
};
CacheExtent cache_extent(const CacheRule& rule, const Layer& layer);

/// Elements that one token of a layer takes.
struct CacheRow {
  std::int64_t k = 0;
  std::int64_t v = 0;
};
CacheRow cache_row(const CacheRule& rule, const Layer& layer);

/// Bytes of `length` elements without per-row scales (a cache has none). Rounds up to whole blocks.
Bytes cache_row_bytes(TensorType type, std::int64_t length);

/// One tensor of a cache as the engine allocates it.
Bytes cache_tensor_bytes(const CacheRule& rule, TensorType type, std::int64_t length,
                         const CacheExtent& extent);

Bytes layer_cache_bytes(const CacheRule& rule, const Layer& layer);

/// The sum over all layers.
Bytes cache_bytes(const CacheRule& rule);

/// Writes the cache of every layer into its block and returns the sum.
Bytes fill_cache(const CacheRule& rule, std::vector<BlockLoad>& blocks);

}  // namespace llmfit::sizing
