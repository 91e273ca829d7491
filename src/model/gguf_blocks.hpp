// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "llmfit/model.hpp"

namespace llmfit::model {

/// What tensors a block has: how it mixes tokens shows in them, not in the dimensions.
struct Block {
  static constexpr auto roles = static_cast<std::size_t>(Role::unresolved) + 1;

  std::array<const Tensor*, roles> weights{};  ///< the first of each role, cross attention aside
  std::array<bool, roles> biased{};
  bool empty = true;
  bool cross_attention = false;
  bool compressed = false;   ///< keys and values share a matrix, with compressed ones beside
  bool mamba = false;        ///< Mamba or Mamba-2
  bool mamba1 = false;       ///< its first version
  bool gated_delta = false;  ///< linear attention of Qwen3-Next
  bool kimi_delta = false;   ///< linear attention of Kimi
  bool short_conv = false;
  bool rwkv = false;
  bool hashed = false;             ///< experts are chosen by token
  bool has_indexer = false;        ///< of sparse attention, a key a token
  bool has_block_indexer = false;  ///< the same of MiniMax

  [[nodiscard]] const Tensor* weight(Role role) const {
    return weights[static_cast<std::size_t>(role)];
  }
  [[nodiscard]] bool has(Role role) const { return weight(role) != nullptr; }
  [[nodiscard]] bool has_bias(Role role) const { return biased[static_cast<std::size_t>(role)]; }
  [[nodiscard]] bool attends() const { return has(Role::attn_q) || has(Role::attn_qkv); }
  [[nodiscard]] bool has_experts() const {
    return has(Role::ffn_down_exps) || has(Role::ffn_up_exps) || has(Role::ffn_gate_up_exps);
  }
};

/// The tensors outside of blocks, and those of each block.
struct Blocks {
  Block outside;
  std::vector<Block> blocks;
};
Blocks blocks_of(const std::vector<Tensor>& tensors, std::size_t count);

/// The first tensor of that name, in any block or outside. Null where there is none.
const Tensor* find_tensor(const std::vector<Tensor>& tensors, std::string_view stem,
                          Suffix suffix = Suffix::weight);

}  // namespace llmfit::model
