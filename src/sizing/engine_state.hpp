// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "sizing/cache.hpp"

/// The state of one layer, all sequences together, as each engine keeps it. The layer has one, see
/// `keeps_state`.
namespace llmfit::sizing {

namespace llama_cpp {
Bytes state_bytes(const CacheRule& rule, const Layer& layer);
}

namespace vllm {

/// What a layer keeps for one sequence on each of `ranks` ranks, before it is padded to a page.
Bytes unpadded_state(const Model& model, const Layer& layer, std::int64_t ranks);

/// Absent for compressed attention.
std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer);
}  // namespace vllm

namespace transformers {
/// Absent for kinds of layers that the library itself has not.
std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer);
}  // namespace transformers

}  // namespace llmfit::sizing
