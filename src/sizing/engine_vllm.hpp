// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "llmfit/sizing.hpp"
#include "sizing/widths.hpp"

/// What vLLM adds to a model: cache blocks, the peak of its profiling run, CUDA graphs. Rules of
/// about v0.27.
namespace llmfit::sizing::vllm {

/// Vocabulary rows are padded to a multiple of this before they are divided
/// (vllm/model_executor/layers/vocab_parallel_embedding.py).
inline constexpr std::int64_t vocabulary_step = 64;

/// Tokens of a cache block (vllm/config/cache.py, CUDA and ROCm), latent attention apart.
inline constexpr std::int64_t block_tokens = 16;

/// Tokens and sequences of one scheduler step: what was set, else the server's default for a device
/// of `total` memory (absent: unlimited, taken as a small one).
struct Scheduler {
  std::int64_t tokens = 0;
  std::int64_t sequences = 0;
};
Scheduler scheduler(const Workload& workload, std::optional<Bytes> total);

/// `workload` with the scheduler's tokens fixed to those of a device of `total` memory.
Workload on_device(const Workload& workload, Bytes total);

/// Tokens of whole blocks that one sequence holds in a layer.
std::int64_t cached_tokens(const Workload& workload, LayerKind kind, std::int64_t window);

/// Sampler bytes per logit: 16 with a fused top-k/top-p kernel (start-up logs gave 14.4 and 16.1,
/// one of 2026 9.4), 38 with PyTorch's sort (seven logs of v0.11).
inline constexpr std::int64_t sampler_low = 9;
inline constexpr std::int64_t sampler = 16;
inline constexpr std::int64_t sampler_high = 38;

/// Peak of the profiling run on one rank of a stage.
Bytes compute(const Model& model, const Widths& widths, const Workload& workload, Stage stage,
              std::optional<Bytes> total, std::int64_t bytes_per_logit = sampler);

/// Memory that PyTorch does not see, and CUDA graphs, on one rank alone.
Estimate runtime(const Workload& workload, const EngineRecord& engine);

/// What communication between ranks takes on each of several devices, beside `runtime`.
Bytes communication();

}  // namespace llmfit::sizing::vllm
