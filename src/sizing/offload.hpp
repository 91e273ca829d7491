// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "llmfit/sizing.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/graph_places.hpp"

/// llama.cpp with a part of a model in host memory (v0.5.0: src/llama-model.cpp, src/llama-context.cpp).
namespace llmfit::sizing::llama_cpp {

/// Whether anything is asked to stay on the host that is on a device otherwise.
bool asks_for_offload(const LlamaCppSettings& settings);

/// The blocks before the first one on a device, of `blocks`; the output matrix is the first unit
/// that goes to a device, then the last blocks.
std::int32_t host_blocks(const LlamaCppSettings& settings, std::int32_t blocks);

/// The compute buffers of every device and, last, of the host.
std::vector<Bytes> scheduled_compute(const CacheRule& rule, const Widths& widths,
                                     const Batch& batch, const PartPlaces& parts,
                                     const TensorSizes& sizes);

}  // namespace llmfit::sizing::llama_cpp
