// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

void add_queries(TensorList& list, const Architecture& arch, const Mla& mla, std::int64_t heads) {
  const auto width = product(heads, sum(mla.qk_nope_head_dim, mla.qk_rope_head_dim));
  if (mla.q_lora_rank == 0) {
    list.matrix("attn_q", arch.hidden_size, width);
    return;
  }
  list.matrix("attn_q_a", arch.hidden_size, mla.q_lora_rank);
  if (mla.bias) list.bias("attn_q_a", mla.q_lora_rank);
  list.vector("attn_q_a_norm", mla.q_lora_rank);
  list.matrix("attn_q_b", mla.q_lora_rank, width);
}

/// Most files store the checkpoint's up-projection of keys and values as two, a matrix a head each.
void add_up_projection(TensorList& list, const Mla& mla, std::int64_t heads, bool joined) {
  if (joined) {
    const auto width = product(heads, sum(mla.qk_nope_head_dim, mla.v_head_dim));
    list.matrix("attn_kv_b", mla.kv_lora_rank, width);
    return;
  }
  list.matrix("attn_k_b", mla.qk_nope_head_dim, mla.kv_lora_rank, heads);
  list.matrix("attn_v_b", mla.kv_lora_rank, mla.v_head_dim, heads);
}

void add_latent(TensorList& list, const Architecture& arch, const Mla& mla) {
  const auto latent = sum(mla.kv_lora_rank, mla.qk_rope_head_dim);
  list.matrix("attn_kv_a_mqa", arch.hidden_size, latent);
  if (mla.bias) list.bias("attn_kv_a_mqa", latent);
  list.vector("attn_kv_a_norm", mla.kv_lora_rank);
}

void add_indexer(TensorList& list, const Architecture& arch, const Mla& mla,
                 const Indexer& indexer) {
  list.matrix("indexer.attn_q_b", mla.q_lora_rank, product(indexer.heads, indexer.head_dim));
  list.matrix("indexer.attn_k", arch.hidden_size, indexer.head_dim);
  list.norm(Norm::layernorm, "indexer.k_norm", indexer.head_dim);
  list.matrix("indexer.proj", arch.hidden_size, indexer.heads);
}

}  // namespace

void add_latent_attention(TensorList& list, const Blueprint& plan, const Layer& layer,
                          bool indexed) {
  const auto& arch = plan.dims();
  if (!arch.mla) return;
  const auto& mla = *arch.mla;
  const auto output = product(layer.heads, mla.v_head_dim);
  add_queries(list, arch, mla, layer.heads);
  add_latent(list, arch, mla);
  add_up_projection(list, mla, layer.heads, plan.has(joined_kv_b));
  list.matrix("attn_output", output, arch.hidden_size);
  if (mla.bias) list.bias("attn_output", arch.hidden_size);
  if (mla.output_gate) list.matrix("attn_gate", arch.hidden_size, output);
  if (indexed && arch.indexer) add_indexer(list, arch, mla, *arch.indexer);
}

}  // namespace llmfit::model
