// SPDX-License-Identifier: MIT
#include "model/gguf_parts.hpp"

#include <algorithm>

namespace llmfit::model {
namespace {

/// One dimension of a tensor, 0 where there is none.
std::int32_t width(const Tensor* tensor, std::size_t dimension) {
  return tensor == nullptr ? 0 : narrow(tensor->shape[dimension]);
}

template <class Test>
const Block* first(const Blocks& blocks, Test test) {
  const auto found = std::find_if(blocks.blocks.begin(), blocks.blocks.end(), test);
  return found == blocks.blocks.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Experts> gguf_experts(GgufDims& dims, const Blocks& blocks,
                                    const std::vector<Tensor>& tensors) {
  const auto* const block = first(blocks, [](const Block& each) { return each.has_experts(); });
  if (block == nullptr) return std::nullopt;
  const auto* const down = block->weight(Role::ffn_down_exps);
  const auto* const latent = block->weight(Role::ffn_up_exps);
  Experts experts;
  experts.count = dims.get("expert_count", width(down, 2));
  experts.active = dims.require("expert_used_count");
  experts.ffn_size = width(down, 0);
  experts.shared_ffn_size = width(block->weight(Role::ffn_down_shexp), 0);
  experts.gated = block->has(Role::ffn_gate_exps) || block->has(Role::ffn_gate_up_exps);
  experts.expert_bias = block->has_bias(Role::ffn_down_exps);
  experts.router_bias =
      block->has_bias(Role::router) || find_tensor(tensors, "exp_probs_b", Suffix::none) != nullptr;
  experts.shared_gate = find_tensor(tensors, "ffn_gate_inp_shexp") != nullptr;
  if (latent != nullptr && latent->shape[0] != dims.get("embedding_length")) {
    experts.latent_size = width(latent, 0);
  }
  experts.latent_norm = find_tensor(tensors, "ffn_routed_norm") != nullptr;
  experts.dense_residual_ffn_size = width(block->weight(Role::ffn_down), 0);
  experts.hash_layers = narrow(std::count_if(blocks.blocks.begin(), blocks.blocks.end(),
                                             [](const Block& each) { return each.hashed; }));
  return experts;
}

std::optional<Mla> gguf_mla(GgufDims& dims, const Blocks& blocks) {
  const auto* const block =
      first(blocks, [](const Block& each) { return each.has(Role::mla_kv_a); });
  if (block == nullptr) return std::nullopt;
  Mla mla;
  mla.q_lora_rank = width(block->weight(Role::mla_q_a), 1);
  mla.kv_lora_rank = dims.require("attention.kv_lora_rank");
  mla.qk_rope_head_dim = std::max(0, width(block->weight(Role::mla_kv_a), 1) - mla.kv_lora_rank);
  mla.qk_nope_head_dim = std::max(0, dims.get("attention.key_length_mla") - mla.qk_rope_head_dim);
  mla.v_head_dim = dims.get("attention.value_length_mla");
  mla.bias = block->has_bias(Role::mla_q_a) || block->has_bias(Role::mla_kv_a);
  mla.output_gate = block->has(Role::attn_gate);
  return mla;
}

std::optional<Indexer> gguf_indexer(const std::vector<Tensor>& tensors) {
  const auto* const heads = find_tensor(tensors, "indexer.proj");
  const auto* const key = find_tensor(tensors, "indexer.attn_k");
  if (heads != nullptr && key != nullptr) return Indexer{width(heads, 1), width(key, 1)};
  // MiniMax M3: an indexer whose heads are matrices of their own
  const auto* const block_key = find_tensor(tensors, "indexer.k_proj");
  if (block_key == nullptr || width(block_key, 1) == 0) return std::nullopt;
  const auto* const queries = find_tensor(tensors, "indexer.q_proj");
  return Indexer{width(queries, 1) / width(block_key, 1), width(block_key, 1)};
}

std::optional<Ssm> gguf_ssm(GgufDims& dims, const Blocks& blocks,
                            const std::vector<Tensor>& tensors) {
  const auto* const block = first(blocks, [](const Block& each) { return each.mamba; });
  if (block == nullptr) return std::nullopt;
  Ssm ssm;
  ssm.version = block->mamba1 ? 1 : 2;
  ssm.d_inner = dims.require("ssm.inner_size");
  ssm.d_state = dims.require("ssm.state_size");
  ssm.d_conv = dims.require("ssm.conv_kernel");
  const auto ranks = dims.get("ssm.time_step_rank");
  (block->mamba1 ? ssm.dt_rank : ssm.heads) = ranks;
  if (!block->mamba1) ssm.n_groups = dims.get("ssm.group_count", 1);
  ssm.conv_bias = find_tensor(tensors, "ssm_conv1d", Suffix::bias) != nullptr;
  ssm.proj_bias = find_tensor(tensors, "ssm_in", Suffix::bias) != nullptr;
  ssm.gated_norm = find_tensor(tensors, "ssm_norm") != nullptr;
  ssm.dt_b_c_norm = find_tensor(tensors, "ssm_dt_norm") != nullptr;
  return ssm;
}

std::optional<LinearAttention> gguf_linear_attention(GgufDims& dims, const Blocks& blocks,
                                                     const std::vector<Tensor>& tensors) {
  const bool delta = first(blocks, [](const Block& each) { return each.gated_delta; }) != nullptr;
  const bool kimi = first(blocks, [](const Block& each) { return each.kimi_delta; }) != nullptr;
  LinearAttention linear;
  linear.conv_kernel = dims.get("ssm.conv_kernel");
  if (delta) {
    linear.key_heads = dims.require("ssm.group_count");
    linear.value_heads = dims.require("ssm.time_step_rank");
    linear.key_head_dim = dims.require("ssm.state_size");
    linear.value_head_dim = width(find_tensor(tensors, "ssm_norm"), 0);
    return linear;
  }
  linear.key_heads = linear.value_heads = dims.get_by_layer("attention.head_count", 1).of(0);
  if (kimi) {
    linear.kind = LinearKind::kimi_delta;
    linear.key_head_dim = linear.value_head_dim = width(find_tensor(tensors, "ssm_norm"), 0);
    linear.full_rank_gate = find_tensor(tensors, "ssm_g") != nullptr;
    return linear;
  }
  if (dims.architecture() != "minimax-01") return std::nullopt;
  linear.kind = LinearKind::lightning;
  linear.key_head_dim = linear.value_head_dim = dims.get("attention.key_length");
  return linear;
}

std::optional<ShortConv> gguf_short_conv(GgufDims& dims, const Blocks& blocks) {
  const bool any = first(blocks, [](const Block& each) { return each.short_conv; }) != nullptr;
  if (!any) return std::nullopt;
  return ShortConv{dims.require("shortconv.l_cache")};
}

std::optional<Rwkv> gguf_rwkv(GgufDims& dims, const Blocks& blocks) {
  const bool any = first(blocks, [](const Block& each) { return each.rwkv; }) != nullptr;
  if (!any) return std::nullopt;
  return Rwkv{
      dims.require("wkv.head_size"),        dims.get("attention.decay_lora_rank"),
      dims.get("attention.iclr_lora_rank"), dims.get("attention.value_residual_mix_lora_rank"),
      dims.get("attention.gate_lora_rank"), dims.get("token_shift_count", Rwkv{}.token_shifts)};
}

std::optional<CompressedAttention> gguf_compressed(const Blocks& blocks,
                                                   const std::vector<Tensor>& tensors) {
  const auto* const block = first(blocks, [](const Block& each) { return each.compressed; });
  if (block == nullptr) return std::nullopt;
  const auto* const output = find_tensor(tensors, "attn_output_a");
  CompressedAttention compressed;
  compressed.q_lora_rank = width(block->weight(Role::mla_q_a), 1);
  compressed.o_lora_rank = width(output, 1);
  compressed.o_groups = width(output, 2);
  compressed.hc_mult = width(find_tensor(tensors, "output_hc_base"), 0);
  compressed.index_heads = width(find_tensor(tensors, "indexer.proj"), 1);
  compressed.index_head_dim = width(find_tensor(tensors, "indexer_compressor_norm"), 0);
  return compressed;
}

}  // namespace llmfit::model
