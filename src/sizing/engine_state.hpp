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

/// Attention blocks grow until they are as large as a state, and the state is padded to a block, so
/// that both come from one pool of pages.
struct StatePage {
  std::int64_t tokens = 0;  ///< of a block of an attention layer; 0: the model has none
  Bytes bytes;              ///< of one sequence's state in one layer
};
StatePage state_page(const Model& model, const Workload& workload);

/// Absent for compressed attention.
std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer);
}  // namespace vllm

namespace transformers {
/// Absent for kinds of layers that the library itself has not.
std::optional<Bytes> state_bytes(const CacheRule& rule, const Layer& layer);
}  // namespace transformers

}  // namespace llmfit::sizing
