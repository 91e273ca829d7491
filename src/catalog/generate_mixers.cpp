// SPDX-License-Identifier: MIT
#include "catalog/generate_mixers.hpp"

#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

std::string cpp_part(const Mla& part) {
  Initialiser out;
  out.number("q_lora_rank", part.q_lora_rank);
  out.number("kv_lora_rank", part.kv_lora_rank);
  out.number("qk_nope_head_dim", part.qk_nope_head_dim);
  out.number("qk_rope_head_dim", part.qk_rope_head_dim);
  out.number("v_head_dim", part.v_head_dim);
  out.flag("bias", part.bias);
  out.flag("output_gate", part.output_gate);
  return "Mla" + out.str();
}

std::string cpp_part(const Indexer& part) {
  Initialiser out;
  out.number("heads", part.heads);
  out.number("head_dim", part.head_dim);
  return "Indexer" + out.str();
}

std::string cpp_part(const Ssm& part) {
  Initialiser out;
  out.number("version", part.version, Ssm{}.version);
  out.number("d_inner", part.d_inner);
  out.number("d_state", part.d_state);
  out.number("d_conv", part.d_conv);
  out.number("n_groups", part.n_groups);
  out.number("heads", part.heads);
  out.number("dt_rank", part.dt_rank);
  out.flag("conv_bias", part.conv_bias, true);
  out.flag("proj_bias", part.proj_bias);
  out.flag("gated_norm", part.gated_norm, true);
  out.flag("dt_b_c_norm", part.dt_b_c_norm);
  return "Ssm" + out.str();
}

std::string cpp_part(const RgLru& part) {
  Initialiser out;
  out.number("width", part.width);
  out.number("blocks", part.blocks);
  out.number("d_conv", part.d_conv);
  return "RgLru" + out.str();
}

std::string cpp_part(const LinearAttention& part) {
  Initialiser out;
  out.expression("kind", word_of(linear_kind_words, part.kind).identifier);
  out.number("key_heads", part.key_heads);
  out.number("value_heads", part.value_heads);
  out.number("key_head_dim", part.key_head_dim);
  out.number("value_head_dim", part.value_head_dim);
  out.number("conv_kernel", part.conv_kernel);
  out.flag("full_rank_gate", part.full_rank_gate);
  out.flag("qk_norm", part.qk_norm);
  return "LinearAttention" + out.str();
}

std::string cpp_part(const ShortConv& part) {
  Initialiser out;
  out.number("l_cache", part.l_cache);
  return "ShortConv" + out.str();
}

std::string cpp_part(const Rwkv& part) {
  Initialiser out;
  out.number("head_size", part.head_size);
  out.number("lora_decay", part.lora_decay);
  out.number("lora_iclr", part.lora_iclr);
  out.number("lora_value", part.lora_value);
  out.number("lora_gate", part.lora_gate);
  return "Rwkv" + out.str();
}

std::string cpp_part(const CompressedAttention& part) {
  Initialiser out;
  out.number("q_lora_rank", part.q_lora_rank);
  out.number("o_groups", part.o_groups);
  out.number("o_lora_rank", part.o_lora_rank);
  out.number("hc_mult", part.hc_mult);
  out.number("index_heads", part.index_heads);
  out.number("index_head_dim", part.index_head_dim);
  return "CompressedAttention" + out.str();
}

std::string cpp_part(const EncoderDecoder& part) {
  Initialiser out;
  out.number("encoder_layers", part.encoder_layers);
  out.number("decoder_layers", part.decoder_layers);
  out.number("relative_buckets", part.relative_buckets);
  out.flag("bart", part.bart);
  return "EncoderDecoder" + out.str();
}

template <class Part>
void add_part(Initialiser& out, std::string_view member, const std::optional<Part>& part) {
  if (part) out.expression(member, cpp_part(*part));
}

}  // namespace

void add_mixers(Initialiser& out, const Architecture& dims) {
  add_part(out, "mla", dims.mla);
  add_part(out, "indexer", dims.indexer);
  add_part(out, "ssm", dims.ssm);
  add_part(out, "rg_lru", dims.rg_lru);
  add_part(out, "linear_attention", dims.linear_attention);
  add_part(out, "short_conv", dims.short_conv);
  add_part(out, "rwkv", dims.rwkv);
  add_part(out, "compressed", dims.compressed);
  add_part(out, "encoder_decoder", dims.encoder_decoder);
}

}  // namespace llmfit::catalog
