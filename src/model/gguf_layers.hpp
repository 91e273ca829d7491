// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/model.hpp"
#include "model/gguf_blocks.hpp"
#include "model/gguf_dims.hpp"

namespace llmfit::model {

/// The layers: their kinds from the tensors that each has, their widths from the file's dimensions.
/// `arch` has its kind and, for encoder-decoder models, its stacks.
std::vector<Layer> gguf_layers(GgufDims& dims, const Architecture& arch, const Blocks& blocks);

/// Whether the engine caches the latent of multi-head latent attention. Files from before that
/// lack these dimensions; their keys and values are cached as the heads see them.
bool caches_latent(GgufDims& dims);

}  // namespace llmfit::model
