// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

/// One number for both ends of a width, added without wrapping.
std::int64_t sum(std::int64_t a, std::int64_t b) { return (Elements{a} + Elements{b}).count(); }

void add_queries(TensorList& list, const Architecture& arch, const Mla& mla, std::int64_t heads) {
  const auto width = product(heads, sum(mla.qk_nope_head_dim, mla.qk_rope_head_dim));
  if (mla.q_lora_rank == 0) {
    list.matrix("attn_q", arch.hidden_size, width);
    return;
  }
  list.matrix("attn_q_a", arch.hidden_size, mla.q_lora_rank);
  list.vector("attn_q_a_norm", mla.q_lora_rank);
  list.matrix("attn_q_b", mla.q_lora_rank, width);
  if (mla.bias) list.bias("attn_q_a", mla.q_lora_rank);
}

/// The checkpoint's up-projection of keys and values is stored as two, a matrix a head each.
void add_keys_and_values(TensorList& list, const Architecture& arch, const Mla& mla,
                         std::int64_t heads) {
  const auto latent = sum(mla.kv_lora_rank, mla.qk_rope_head_dim);
  list.matrix("attn_kv_a_mqa", arch.hidden_size, latent);
  list.vector("attn_kv_a_norm", mla.kv_lora_rank);
  list.matrix("attn_k_b", mla.qk_nope_head_dim, mla.kv_lora_rank, heads);
  list.matrix("attn_v_b", mla.kv_lora_rank, mla.v_head_dim, heads);
  if (mla.bias) list.bias("attn_kv_a_mqa", latent);
}

void add_indexer(TensorList& list, const Architecture& arch, const Mla& mla,
                 const Indexer& indexer) {
  list.matrix("indexer.attn_q_b", mla.q_lora_rank, product(indexer.heads, indexer.head_dim));
  list.matrix("indexer.attn_k", arch.hidden_size, indexer.head_dim);
  list.norm(Norm::layernorm, "indexer.k_norm", indexer.head_dim);
  list.matrix("indexer.proj", arch.hidden_size, indexer.heads);
}

}  // namespace

void add_latent_attention(TensorList& list, const Architecture& arch, const Layer& layer,
                          bool indexed) {
  if (!arch.mla) return;
  const auto& mla = *arch.mla;
  const auto output = product(layer.heads, mla.v_head_dim);
  add_queries(list, arch, mla, layer.heads);
  add_keys_and_values(list, arch, mla, layer.heads);
  list.matrix("attn_output", output, arch.hidden_size);
  if (mla.bias) list.bias("attn_output", arch.hidden_size);
  if (mla.output_gate) list.matrix("attn_gate", arch.hidden_size, output);
  if (indexed && arch.indexer) add_indexer(list, arch, mla, *arch.indexer);
}

}  // namespace llmfit::model
