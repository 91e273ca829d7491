// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"

namespace llmfit::sizing {

/// The type of a tensor under vLLM or transformers: a format of fewer than 16 bits holds for the
/// matrices of the layers, the rest stays in 16 bits.
TensorType served_type(const Tensor& tensor, const Format& format);

/// Bytes of a tensor in a type whose scales lie along the whole matrix.
Bytes served_bytes(const Tensor& tensor, TensorType type);

/// The tensor as the engine allocates it: vLLM rounds vocabularies up.
Tensor as_allocated(const Tensor& tensor, Engine engine);

}  // namespace llmfit::sizing
