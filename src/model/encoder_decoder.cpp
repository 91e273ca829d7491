// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

/// The names of one attention in such a layer.
struct Names {
  std::string_view q, k, v, output, norm;
};
constexpr Names self_names{"attn_q", "attn_k", "attn_v", "attn_o", "attn_norm"};
constexpr Names cross_names{"cross_attn_q", "cross_attn_k", "cross_attn_v", "cross_attn_o",
                            "cross_attn_norm"};

/// The names of what a stack has outside its layers.
struct Stack {
  std::string_view positions, embedding_norm, output_norm;
};
constexpr Stack encoder{"enc.position_embd", "enc.token_embd_norm", "enc.output_norm"};
constexpr Stack decoder{"dec.position_embd", "dec.token_embd_norm", "dec.output_norm"};

void add_attention(TensorList& list, const Architecture& arch, const Layer& layer,
                   const Names& names) {
  const auto width = product(layer.heads, layer.head_dim);
  list.norm(arch.norm, names.norm, arch.hidden_size);
  for (const auto name : {names.q, names.k, names.v}) {
    list.matrix(name, arch.hidden_size, width);
    if (arch.qkv_bias) list.bias(name, width);
  }
  list.matrix(names.output, width, arch.hidden_size);
  if (arch.attention_out_bias) list.bias(names.output, arch.hidden_size);
}

/// T5's position bias stands in the first layer of a stack and serves all of them.
void add_relative_bias(TensorList& list, const EncoderDecoder& stacks, const Layer& layer) {
  if (stacks.relative_buckets > 0) list.matrix("attn_rel_b", layer.heads, stacks.relative_buckets);
}

void add_stack_layer(TensorList& list, const Blueprint& plan, const Layer& layer, int index) {
  const auto& stacks = *plan.dims().encoder_decoder;
  const bool decodes = index >= stacks.encoder_layers;
  list.enter_layer(index);
  add_attention(list, plan.dims(), layer, self_names);
  if (index == 0 || index == stacks.encoder_layers) add_relative_bias(list, stacks, layer);
  if (decodes) add_attention(list, plan.dims(), layer, cross_names);
  list.norm(plan.dims().norm, "ffn_norm", plan.dims().hidden_size);
  add_feed_forward(list, plan, layer, index);
}

/// BART has a norm after a stack's embedding, T5 one after its last layer.
void add_outside(TensorList& list, const Architecture& arch, const Stack& names) {
  const bool bart = arch.encoder_decoder->bart;
  list.norm(arch.norm, bart ? names.embedding_norm : names.output_norm, arch.hidden_size);
  if (bart && arch.position_embeddings > 0) {
    list.matrix(names.positions, arch.hidden_size, arch.position_embeddings);
  }
}

}  // namespace

void add_encoder_decoder(TensorList& list, const Blueprint& plan,
                         const std::vector<Layer>& layers) {
  const auto& arch = plan.dims();
  if (!arch.encoder_decoder) return;
  list.matrix("token_embd", arch.hidden_size, arch.vocab_size);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    add_stack_layer(list, plan, layers[i], static_cast<int>(i));
  }
  list.enter_layer(-1);
  add_outside(list, arch, encoder);
  add_outside(list, arch, decoder);
  if (!arch.tied_embeddings) list.matrix("output", arch.hidden_size, arch.vocab_size);
}

}  // namespace llmfit::model
