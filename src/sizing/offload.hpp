// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "llmfit/sizing.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/graph_places.hpp"

/// llama.cpp with a part of a model in host memory (v0.5.0: src/llama-model.cpp,
/// src/llama-context.cpp).
namespace llmfit::sizing::llama_cpp {

/// Whether the settings leave anything of the model on the host that is on a device otherwise.
bool keeps_on_host(const Model& model, const LlamaCppSettings& settings);

/// The blocks before the first one on a device; the output matrix is the first unit that goes to a
/// device, then the last blocks, of which those that only draft are the very last.
std::int32_t host_blocks(const Model& model, const LlamaCppSettings& settings);

/// Blocks as the engine counts them, with those that only draft.
std::int32_t counted_blocks(const Model& model);

/// What of a block n-cpu-moe keeps on the host.
bool has_routed_experts(const Layer& layer);

/// The compute buffers of every device and, last, of the host.
std::vector<Bytes> scheduled_compute(const CacheRule& rule, const Widths& widths,
                                     const Batch& batch, const PartPlaces& parts,
                                     const TensorSizes& sizes);

}  // namespace llmfit::sizing::llama_cpp
