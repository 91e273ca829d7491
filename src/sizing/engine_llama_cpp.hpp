// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/sizing.hpp"
#include "sizing/cache.hpp"
#include "sizing/compute_guess.hpp"
#include "sizing/graph_builder.hpp"
#include "sizing/widths.hpp"

/// What llama.cpp adds to a model: cache cells, compute buffers, host buffers. Rules of v0.5.0,
/// checked against 11,743 of its own allocation plans.
namespace llmfit::sizing::llama_cpp {

inline constexpr std::int64_t cell_step = 256;       ///< of a cache (src/llama-context.cpp)
inline constexpr std::int64_t most_sequences = 256;  ///< (src/llama-cparams.h: LLAMA_MAX_SEQ)
inline constexpr std::int64_t host_align = 32;       ///< of tensors in host memory (ggml), bytes

/// False where the engine has no windowed cache for the model and keeps the whole context.
bool keeps_windows(const Widths& widths);

/// "auto" is off on CUDA for head widths that it has no kernel for.
bool uses_flash_attention(const Widths& widths, const Workload& workload);

CacheExtent cache_extent(const Workload& workload, std::int64_t window);

/// Bytes of a cache tensor on CUDA, row tail and alignment included.
Bytes cuda_tensor(Bytes bytes, TensorType type, std::int64_t row_length);

/// The same on a device or, aligned alone, in host memory.
Bytes placed_tensor(Bytes bytes, TensorType type, std::int64_t row_length, bool on_host);

/// The physical batch, rounded up to a multiple of the sequences as the engine does, or not: the
/// rounding makes memory shrink where sequences grow, which a search must know.
enum class BatchRounding { as_engine, none };

struct Batch {
  std::int64_t tokens = 0;
  std::int64_t outputs = 0;
};
Batch batch_of(const Model& model, const Workload& workload,
               BatchRounding rounding = BatchRounding::as_engine);

/// What the graph of a batch depends on, with every block on one device.
GraphSetting graph_setting(const CacheRule& rule, const Widths& widths, const Batch& batch);

/// Attention masks of one copy of the graph.
Bytes masks(const CacheRule& rule, const Widths& widths, const Batch& batch);

/// The compute buffer of one card, or of one of several under a layer split.
Bytes compute(const CacheRule& rule, const Widths& widths, const Batch& batch, Stage stage,
              ComputeGuess* guess = nullptr);

/// The compute buffers of one card with the band in which the engine's own plans lie.
Estimate band(const CacheRule& rule, Bytes bytes);

/// The compute buffer where no card takes part; the looked-up embeddings lie in it too. `rule` has
/// to be one of the host, see `flash_attention_on_host`.
Bytes compute_on_host(const CacheRule& rule, const Widths& widths, const Batch& batch);

/// "auto" is on for every model on a CPU.
bool flash_attention_on_host(const Workload& workload);

/// Pinned compute buffer in host memory, everything on one card.
Bytes pinned_buffer(const CacheRule& rule, const Widths& widths, const Batch& batch);

/// Logits and embeddings of the last tokens, in host memory on every machine.
Bytes output_buffer(const Model& model, const Widths& widths, std::int64_t sequences);

/// What a process on a CPU takes beside the model and its buffers: 50 to 110 MiB over 86 real
/// loads (resident size after a decode). The upper end, because too little is worse.
inline constexpr Bytes process_overhead = mib(110);

}  // namespace llmfit::sizing::llama_cpp
