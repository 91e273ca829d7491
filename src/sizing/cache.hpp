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
  std::optional<vllm::Pages> pages;  ///< vLLM only
};

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

Bytes layer_cache_bytes(const CacheRule& rule, const Layer& layer);

/// Writes the cache of every layer into its block and returns the sum.
Bytes fill_cache(const CacheRule& rule, std::vector<BlockLoad>& blocks);

}  // namespace llmfit::sizing
