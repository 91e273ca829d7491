// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

std::int64_t embedding_width(const Architecture& arch) {
  return arch.embedding_size > 0 ? arch.embedding_size : arch.hidden_size;
}

void add_projections(TensorList& list, const Architecture& arch) {
  const auto width = embedding_width(arch);
  if (width == arch.hidden_size) return;
  const int copies = arch.embedding_projection_both ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    list.matrix("embd_proj", width, arch.hidden_size);
  }
}

}  // namespace

void add_embeddings(TensorList& list, const Architecture& arch) {
  const auto hidden = arch.hidden_size;
  list.matrix("token_embd", embedding_width(arch), arch.vocab_size);
  if (arch.position_embeddings > 0) {
    list.matrix("position_embd", hidden, arch.position_embeddings);
  }
  if (arch.token_types > 0) list.matrix("token_types", hidden, arch.token_types);
  if (arch.embedding_norm) {
    list.norm(arch.embedding_norm_bias ? Norm::layernorm : Norm::layernorm_nobias,
              "token_embd_norm", hidden);
  }
  add_projections(list, arch);
}

void add_head(TensorList& list, const Architecture& arch) {
  if (arch.final_norm) list.norm(arch.norm, "output_norm", arch.hidden_size);
  if (!arch.tied_embeddings && arch.lm_head) {
    list.matrix("output", embedding_width(arch), arch.vocab_size);
  }
  if (arch.lm_head_bias) list.bias("output", arch.vocab_size);
}

}  // namespace llmfit::model
