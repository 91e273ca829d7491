// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

std::int64_t embedding_width(const Architecture& arch) {
  return arch.embedding_size > 0 ? arch.embedding_size : arch.hidden_size;
}

/// From the embedding's width and back to it, under OPT's names; llama.cpp has no such model.
void add_projections(TensorList& list, const Architecture& arch) {
  const auto width = embedding_width(arch);
  if (width == arch.hidden_size) return;
  list.matrix("project_in", width, arch.hidden_size);
  if (arch.embedding_projection_both) list.matrix("project_out", arch.hidden_size, width);
}

/// RoBERTa's first two positions stand for padding; the converter leaves them out.
std::int64_t positions(const ArchitectureRecord& record) {
  constexpr std::int64_t padding = 2;
  const bool skips = record.gguf == "bert" && record.model_type.ends_with("roberta");
  const auto rows = record.dims.position_embeddings;
  return skips && rows > padding ? rows - padding : rows;
}

/// RWKV normalises the embedding before its first layer.
bool is_rwkv(const ArchitectureRecord& record) {
  return record.layer_kinds.starts_with('R') || record.layer_kinds.starts_with('W');
}

void add_embedding_norm(TensorList& list, const Blueprint& plan) {
  const auto& arch = plan.dims();
  const bool rwkv = is_rwkv(plan.record);
  if (!arch.embedding_norm && !rwkv) return;
  const bool bias = arch.embedding_norm_bias || rwkv;
  list.norm(bias ? Norm::layernorm : Norm::layernorm_nobias, "token_embd_norm", arch.hidden_size);
}

bool has_head(const Blueprint& plan) {
  const auto& arch = plan.dims();
  if (!arch.lm_head) return false;
  if (!arch.tied_embeddings) return true;
  return plan.record.stores_tied_head && !plan.has(drops_tied_head);
}

bool has_rope_freqs(const Blueprint& plan) {
  return plan.record.rope_freqs || plan.has(rope_freqs);
}

/// Elements of a head that are rotated.
std::int64_t rotary_width(const ArchitectureRecord& record) {
  if (record.rotary_dim > 0) return record.rotary_dim;
  return record.dims.mla ? record.dims.mla->qk_rope_head_dim : record.head_dim;
}

}  // namespace

void add_embeddings(TensorList& list, const Blueprint& plan) {
  const auto& arch = plan.dims();
  list.matrix("token_embd", embedding_width(arch), arch.vocab_size);
  if (arch.position_embeddings > 0) {
    list.matrix("position_embd", arch.hidden_size, positions(plan.record));
  }
  if (arch.token_types > 0) list.matrix("token_types", arch.hidden_size, arch.token_types);
  add_embedding_norm(list, plan);
  add_projections(list, arch);
}

void add_head(TensorList& list, const Blueprint& plan) {
  const auto& arch = plan.dims();
  const auto* const norm = plan.has(output_norm_at_embedding) ? "token_embd_norm" : "output_norm";
  if (arch.final_norm) list.norm(arch.norm, norm, arch.hidden_size);
  if (has_head(plan)) {
    const auto rows = arch.output_rows > 0 ? arch.output_rows : arch.vocab_size;
    list.matrix("output", embedding_width(arch), rows);
  }
  if (arch.lm_head_bias) list.bias("output", arch.vocab_size);
}

// llama.cpp: generate_extra_tensors of its converters; one factor for every two rotated elements.
void add_rope_factors(TensorList& list, const Blueprint& plan) {
  const auto pairs = rotary_width(plan.record) / 2;
  if (pairs == 0) return;
  if (has_rope_freqs(plan)) list.vector("rope_freqs", pairs);
  if (!plan.record.long_rope && !plan.has(long_rope)) return;
  list.vector("rope_factors_long", pairs);
  list.vector("rope_factors_short", pairs);
}

}  // namespace llmfit::model
