// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "llmfit/sizing.hpp"
#include "sizing/vllm_rules.hpp"
#include "sizing/widths.hpp"

/// What vLLM adds to a model: the peak of its profiling run, CUDA graphs, what PyTorch does not
/// see. Rules of about v0.27, and of older versions where `VllmSettings::version` names one.
namespace llmfit::sizing::vllm {

/// Vocabulary rows are padded to a multiple of this before they are divided
/// (vllm/model_executor/layers/vocab_parallel_embedding.py).
inline constexpr std::int64_t vocabulary_step = 64;

/// Bounds of the sampler's bytes per logit: start-up logs gave 9.4 to 16.1 with a fused top-k/top-p
/// kernel and 38 with PyTorch's sort.
inline constexpr std::int64_t sampler_low = 9;
inline constexpr std::int64_t sampler_high = 38;

/// What one block keeps alive at once for a batch of `tokens` on one of `ranks` ranks.
Bytes block_peak(const Model& model, const Widths& widths, const Workload& workload,
                 std::int64_t tokens, std::int64_t ranks);

/// Peak of the profiling run on one rank of a stage.
Bytes compute(const Model& model, const Widths& widths, const Workload& workload, Stage stage,
              std::optional<Bytes> total, std::optional<std::int64_t> bytes_per_logit = {});

/// CUDA graphs where the version counts them into its share of the memory, else nothing.
Estimate graphs(const Workload& workload);

/// Memory that PyTorch does not see on one rank alone.
Estimate non_torch(const Workload& workload, const EngineRecord& engine);

/// What a device of the workload's platform takes beside the model, where one of CUDA takes
/// `on_cuda`.
Bytes runtime_on(const Workload& workload, Bytes on_cuda);

/// What is free on a device of `total` memory when vLLM starts on it alone and compares that with
/// its share; before v0.9 it compared nothing.
Bytes free_at_start(const Workload& workload, Bytes total);

/// What communication between ranks takes on each of several devices, beside `non_torch`.
Bytes communication(const Workload& workload);

}  // namespace llmfit::sizing::vllm
