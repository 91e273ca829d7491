// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/model.hpp"
#include "model/gguf_blocks.hpp"
#include "model/gguf_dims.hpp"

namespace llmfit::model {

/// How many blocks a file has.
struct GgufStacks {
  ModelKind kind = ModelKind::decoder;
  std::int32_t blocks = 0;    ///< draft blocks included; of both stacks
  std::int32_t encoders = 0;  ///< the first of them, where there are two stacks
  std::int32_t drafts = 0;    ///< the last of them
};
/// Faults stay in `dims`.
GgufStacks gguf_stacks(GgufDims& dims, bool has_decoder);

/// The dimensions that hold for the whole model, from the tensors where they show them.
Architecture gguf_architecture(GgufDims& dims, const GgufStacks& stacks, const Blocks& blocks,
                               const std::vector<Tensor>& tensors);

}  // namespace llmfit::model
