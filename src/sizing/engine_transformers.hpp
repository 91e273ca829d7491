// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/sizing.hpp"
#include "sizing/cache.hpp"
#include "sizing/widths.hpp"

/// What Hugging Face transformers adds to a model when it generates. Fitted to the memory that
/// Qwen's speed benchmarks print for Qwen2 (before 4.45) and Qwen2.5 (after it), 0.5B to 72B, with
/// prompts of 1 to 30,720 tokens.
namespace llmfit::sizing::transformers {

/// Peak beside weights and cache: the prefill of the whole prompt or, while decoding, the copy of
/// one layer's cache that growing it makes; logits; and what the allocator holds back. Low: a
/// prefill in chunks; high: the logits of every token are asked for.
Estimate compute(const CacheRule& rule, const Widths& widths, Bytes largest_layer_cache);

}  // namespace llmfit::sizing::transformers
