// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "llmfit/model.hpp"
#include "model/gguf_blocks.hpp"
#include "model/gguf_dims.hpp"

namespace llmfit::model {

// Parts of an architecture that only some models have; absent where no block has such tensors.
// The widths are those of the tensors where these show them.

std::optional<Experts> gguf_experts(GgufDims& dims, const Blocks& blocks,
                                    const std::vector<Tensor>& tensors);
std::optional<Mla> gguf_mla(GgufDims& dims, const Blocks& blocks);
std::optional<Indexer> gguf_indexer(const std::vector<Tensor>& tensors);
std::optional<Ssm> gguf_ssm(GgufDims& dims, const Blocks& blocks,
                            const std::vector<Tensor>& tensors);
std::optional<LinearAttention> gguf_linear_attention(GgufDims& dims, const Blocks& blocks,
                                                     const std::vector<Tensor>& tensors);
std::optional<ShortConv> gguf_short_conv(GgufDims& dims, const Blocks& blocks);
std::optional<Rwkv> gguf_rwkv(GgufDims& dims, const Blocks& blocks);
std::optional<CompressedAttention> gguf_compressed(const Blocks& blocks,
                                                   const std::vector<Tensor>& tensors);

}  // namespace llmfit::model
