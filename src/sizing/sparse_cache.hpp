// SPDX-License-Identifier: MIT
#pragma once

#include "sizing/cache.hpp"

/// Caches of sparse and of compressed attention, beside or instead of a row a token.
namespace llmfit::sizing {

/// Layers of DeepSeek V4 that make one row of so many tokens overlap their windows, and have an
/// indexer.
inline constexpr std::int32_t overlapping_ratio = 4;

namespace llama_cpp {

/// Keys by which the indexer chooses tokens; MiniMax M3's holds values too.
Bytes indexer_cache_bytes(const CacheRule& rule, const Layer& layer);

/// The latest tokens as they are, the compressed rows, and the keys of an indexer over these.
Bytes compressed_cache_bytes(const CacheRule& rule, const Layer& layer);

}  // namespace llama_cpp
}  // namespace llmfit::sizing
