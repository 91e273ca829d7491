// SPDX-License-Identifier: MIT
#include "model/gguf_blocks.hpp"

#include <algorithm>

namespace llmfit::model {
namespace {

struct Mark {
  std::string_view stem;
  bool Block::*flag;
};

// Stems that tell what kind of recurrence a block has (llama.cpp: src/models/*.cpp).
constexpr auto marks = std::to_array<Mark>({
    {"attn_kv", &Block::compressed},
    {"ffn_gate_tid2eid", &Block::hashed},
    {"indexer.attn_k", &Block::has_indexer},
    {"indexer.k_proj", &Block::has_block_indexer},
    {"shortconv.conv", &Block::short_conv},
    {"ssm_alpha", &Block::gated_delta},
    {"ssm_ba", &Block::gated_delta},
    {"ssm_f_a", &Block::kimi_delta},
    {"ssm_in", &Block::mamba},
    {"ssm_x", &Block::mamba1},
    {"time_mix_key", &Block::rwkv},
});

void mark(Block& block, std::string_view stem) {
  for (const auto& entry : marks) {
    if (entry.stem == stem) block.*entry.flag = true;
  }
}

void add(Block& block, const Tensor& tensor) {
  block.empty = false;
  if (tensor.stem.starts_with("cross_attn_")) {
    block.cross_attention = true;
    return;
  }
  const auto role = static_cast<std::size_t>(tensor.role);
  if (tensor.suffix == Suffix::bias) {
    block.biased[role] = true;
  } else if (tensor.suffix == Suffix::weight && block.weights[role] == nullptr) {
    block.weights[role] = &tensor;
  }
  if (tensor.role == Role::recurrent || tensor.role == Role::other || tensor.role == Role::router ||
      tensor.role == Role::attn_qkv || tensor.role == Role::indexer) {
    mark(block, tensor.stem);
  }
}

}  // namespace

Blocks blocks_of(const std::vector<Tensor>& tensors, std::size_t count) {
  Blocks result;
  result.blocks.resize(count);
  for (const auto& tensor : tensors) {
    add(tensor.layer < 0 ? result.outside : result.blocks[static_cast<std::size_t>(tensor.layer)],
        tensor);
  }
  return result;
}

const Tensor* find_tensor(const std::vector<Tensor>& tensors, std::string_view stem,
                          Suffix suffix) {
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& tensor) {
    return tensor.stem == stem && tensor.suffix == suffix;
  });
  return found == tensors.end() ? nullptr : &*found;
}

}  // namespace llmfit::model
