// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "llmfit/sizing.hpp"
#include "sizing/cache.hpp"

/// What a layer keeps of a sequence besides keys and values: it does not grow with the context.
namespace llmfit::sizing {

/// Elements of one sequence's state in a layer: the earlier inputs of a convolution or of a token
/// shift, so many columns of a width, and the recurrence itself.
struct StateShape {
  Elements width;
  std::int64_t columns = 0;
  Elements recurrence;

  [[nodiscard]] Elements inputs() const { return width * columns; }
};
StateShape state_shape(const Model& model, const Layer& layer);

/// The state of all sequences; absent where the engine's rule is unknown.
std::optional<Bytes> layer_state_bytes(const CacheRule& rule, const Layer& layer);

/// The sum over all layers; absent as above.
std::optional<Bytes> state_bytes(const CacheRule& rule);

/// Writes the state of every layer into its block and returns the sum; absent as above.
std::optional<Bytes> fill_state(const CacheRule& rule, std::vector<BlockLoad>& blocks);

}  // namespace llmfit::sizing
