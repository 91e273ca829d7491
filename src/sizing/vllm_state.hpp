// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/sizing.hpp"

namespace llmfit::sizing::vllm {

/// Whether a layer keeps a state of fixed size for each sequence.
bool holds_state(const Layer& layer);

/// Bytes that a layer keeps for one sequence on each of `ranks` ranks, before they are padded to a
/// page of the cache; 0: none, or a kind that vLLM does not run.
Bytes state_bytes(const Model& model, const Layer& layer, std::int64_t ranks);

}  // namespace llmfit::sizing::vllm
