// SPDX-License-Identifier: MIT
#include "model/gguf_architecture.hpp"

#include <algorithm>
#include <array>

#include "model/gguf_layers.hpp"
#include "model/gguf_parts.hpp"

namespace llmfit::model {
namespace {

/// Architectures that only read, and for which the engine makes no cache.
constexpr auto encoders = std::to_array<std::string_view>(
    {"bert", "eurobert", "gemma-embedding", "jina-bert-v2", "jina-bert-v3", "modern-bert",
     "neo-bert", "nomic-bert", "nomic-bert-moe", "t5encoder"});

/// The first block that has a weight of that role. Null where none has.
const Block* first_with(const Blocks& blocks, Role role) {
  const auto found = std::find_if(blocks.blocks.begin(), blocks.blocks.end(),
                                  [role](const Block& block) { return block.has(role); });
  return found == blocks.blocks.end() ? nullptr : &*found;
}

bool any_bias(const Blocks& blocks, Role role) {
  return std::any_of(blocks.blocks.begin(), blocks.blocks.end(),
                     [role](const Block& block) { return block.has_bias(role); });
}

void set_embeddings(Architecture& arch, GgufDims& dims, const Block& outside) {
  const auto* const tokens = outside.weight(Role::token_embedding);
  arch.hidden_size = dims.require("embedding_length");
  arch.embedding_size = tokens == nullptr ? arch.hidden_size : tokens->shape[0];
  arch.vocab_size = tokens == nullptr ? dims.get("vocab_size") : tokens->shape[1];
  if (const auto* positions = outside.weight(Role::position_embedding)) {
    arch.position_embeddings = positions->shape[1];
  }
  if (const auto* types = outside.weight(Role::token_types)) {
    arch.token_types = narrow(types->shape[1]);
  }
}

void set_head(Architecture& arch, const Block& outside) {
  const auto* const output = outside.weight(Role::output);
  arch.lm_head = arch.kind != ModelKind::encoder;
  arch.tied_embeddings = arch.lm_head && output == nullptr;
  arch.lm_head_bias = outside.has_bias(Role::output);
  if (output != nullptr && output->shape[1] != arch.vocab_size) arch.output_rows = output->shape[1];
}

/// Gate and up projection may be one matrix, twice as wide as what goes down.
bool is_gated(const Block& block) {
  const auto* const up = block.weight(Role::ffn_up);
  const auto* const down = block.weight(Role::ffn_down);
  if (block.has(Role::ffn_gate)) return true;
  return up != nullptr && down != nullptr && up->shape[1] / 2 == down->shape[0];
}

void set_feed_forward(Architecture& arch, const Blocks& blocks) {
  if (const auto* block = first_with(blocks, Role::ffn_up)) {
    arch.gated_mlp = is_gated(*block);
  } else if (arch.experts) {
    arch.gated_mlp = arch.experts->gated;
  }
  if (any_bias(blocks, Role::ffn_down)) arch.mlp_bias = MlpBias::down;
  if (any_bias(blocks, Role::ffn_up)) arch.mlp_bias = MlpBias::all;
}

void set_attention(Architecture& arch, GgufDims& dims, const Blocks& blocks) {
  arch.qkv_bias = any_bias(blocks, Role::attn_q) || any_bias(blocks, Role::attn_qkv);
  arch.attention_out_bias = any_bias(blocks, Role::attn_output);
  arch.sinks_all = first_with(blocks, Role::attn_sinks) != nullptr;
  const bool rms = dims.has("attention.layer_norm_rms_epsilon");
  const bool biased = any_bias(blocks, Role::norm) || blocks.outside.has_bias(Role::norm);
  if (!rms) arch.norm = biased ? Norm::layernorm : Norm::layernorm_nobias;
}

}  // namespace

GgufStacks gguf_stacks(GgufDims& dims, bool has_decoder) {
  GgufStacks stacks;
  const bool encoder =
      std::find(encoders.begin(), encoders.end(), dims.architecture()) != encoders.end();
  stacks.blocks = dims.require("block_count");
  if (has_decoder) {
    stacks.kind = ModelKind::encoder_decoder;
    stacks.encoders = stacks.blocks;
    const auto decoders = dims.get("decoder_block_count", stacks.encoders);
    if (__builtin_add_overflow(stacks.encoders, decoders, &stacks.blocks)) {
      dims.fail("its two stacks have more blocks than can be counted");
    }
    return stacks;
  }
  stacks.kind = encoder ? ModelKind::encoder : ModelKind::decoder;
  stacks.drafts = dims.get("nextn_predict_layers");
  if (stacks.drafts >= stacks.blocks) {
    dims.fail("all of its " + std::to_string(stacks.blocks) + " blocks predict further tokens");
  }
  return stacks;
}

Architecture gguf_architecture(GgufDims& dims, const GgufStacks& stacks, const Blocks& blocks,
                               const std::vector<Tensor>& tensors) {
  Architecture arch;
  arch.kind = stacks.kind;
  arch.mtp_layers = stacks.drafts;
  if (stacks.kind == ModelKind::encoder_decoder) {
    arch.encoder_decoder = EncoderDecoder{stacks.encoders, stacks.blocks - stacks.encoders,
                                          dims.get("attention.relative_buckets_count"), false};
  }
  set_embeddings(arch, dims, blocks.outside);
  set_head(arch, blocks.outside);
  arch.experts = gguf_experts(dims, blocks, tensors);
  if (caches_latent(dims)) arch.mla = gguf_mla(dims, blocks);
  arch.indexer = gguf_indexer(tensors);
  arch.ssm = gguf_ssm(dims, blocks, tensors);
  arch.linear_attention = gguf_linear_attention(dims, blocks, tensors);
  arch.short_conv = gguf_short_conv(dims, blocks);
  arch.rwkv = gguf_rwkv(dims, blocks);
  arch.compressed = gguf_compressed(blocks, tensors);
  set_feed_forward(arch, blocks);
  set_attention(arch, dims, blocks);
  return arch;
}

}  // namespace llmfit::model
