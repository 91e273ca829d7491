// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/model.hpp"
#include "model/gguf_split.hpp"

namespace llmfit::model {

/// What the file holds and which format that is: its own file type where the tensors bear it out,
/// the type that all matrices share where the file does not say, else "mixed".
ModelFile describe_gguf(const GgufFiles& files);

}  // namespace llmfit::model
