// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/sizing.hpp"
#include "sizing/cache.hpp"
#include "sizing/widths.hpp"

/// What Hugging Face transformers adds to a model when it generates. From general knowledge of its
/// 2025 versions, not measured: every figure is an estimate with a wide band.
namespace llmfit::sizing::transformers {

/// Peak beside weights and cache: the prefill of the whole prompt or, while decoding, the copy of
/// one layer's cache that growing it makes; and what the allocator holds back.
Bytes compute(const CacheRule& rule, const Widths& widths, Bytes largest_layer_cache);

}  // namespace llmfit::sizing::transformers
