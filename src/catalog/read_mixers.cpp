// SPDX-License-Identifier: MIT
#include "catalog/read_mixers.hpp"

#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

Mla read_mla(const Fields& fields) {
  return {
      .q_lora_rank = fields.size("q_lora_rank"),
      .kv_lora_rank = fields.size("kv_lora_rank"),
      .qk_nope_head_dim = fields.size("qk_nope_head_dim"),
      .qk_rope_head_dim = fields.size("qk_rope_head_dim"),
      .v_head_dim = fields.size("v_head_dim"),
      .bias = fields.flag("bias"),
      .output_gate = fields.flag("output_gate"),
  };
}

Indexer read_indexer(const Fields& fields) {
  return {.heads = fields.size("num_heads"), .head_dim = fields.size("head_dim")};
}

Ssm read_ssm(const Fields& fields) {
  const Ssm usual;
  return {
      .version = fields.size("version", usual.version),
      .d_inner = fields.size("d_inner"),
      .d_state = fields.size("d_state"),
      .d_conv = fields.size("d_conv"),
      .n_groups = fields.size("n_groups"),
      .heads = fields.size("num_heads"),
      .dt_rank = fields.size("dt_rank"),
      .conv_bias = fields.flag("conv_bias", usual.conv_bias),
      .proj_bias = fields.flag("proj_bias"),
      .gated_norm = fields.flag("gated_norm", usual.gated_norm),
      .dt_b_c_norm = fields.flag("dt_b_c_norm"),
  };
}

RgLru read_rg_lru(const Fields& fields) {
  return {
      .width = fields.size("lru_width"),
      .blocks = fields.size("num_blocks"),
      .d_conv = fields.size("d_conv"),
  };
}

/// A gated delta net counts keys and values apart, the others have one kind of heads.
LinearAttention read_linear(const Fields& fields) {
  const auto heads = fields.size("num_heads");
  const auto width = fields.size("head_dim");
  return {
      .kind = value_of(linear_kind_words, fields.text("type"), LinearKind::gated_delta),
      .key_heads = fields.size("num_key_heads", heads),
      .value_heads = fields.size("num_value_heads", heads),
      .key_head_dim = fields.size("key_head_dim", width),
      .value_head_dim = fields.size("value_head_dim", width),
      .conv_kernel = fields.size("conv_kernel"),
      .full_rank_gate = fields.flag("full_rank_gate"),
      .qk_norm = fields.flag("qk_norm"),
  };
}

Rwkv read_rwkv(const Fields& fields) {
  return {
      .head_size = fields.size("head_size"),
      .lora_decay = fields.size("lora_decay"),
      .lora_iclr = fields.size("lora_iclr"),
      .lora_value = fields.size("lora_value_residual_mix"),
      .lora_gate = fields.size("lora_gate"),
  };
}

CompressedAttention read_compressed(const Fields& fields) {
  return {
      .q_lora_rank = fields.size("q_lora_rank"),
      .o_groups = fields.size("o_groups"),
      .o_lora_rank = fields.size("o_lora_rank"),
      .hc_mult = fields.size("hc_mult"),
      .index_heads = fields.size("index_n_heads"),
      .index_head_dim = fields.size("index_head_dim"),
  };
}

EncoderDecoder read_stacks(const Fields& fields) {
  return {
      .encoder_layers = fields.size("encoder_layers"),
      .decoder_layers = fields.size("decoder_layers"),
      .relative_buckets = fields.size("relative_attention_buckets"),
      .bart = fields.text("style") == "bart",
  };
}

/// The part that `read` makes of the object under `key`, where there is one.
template <class Part>
std::optional<Part> part(const Fields& fields, std::string_view key, Part (*read)(const Fields&)) {
  if (!fields.has(key)) return std::nullopt;
  return read(fields.object(key));
}

}  // namespace

void read_mixers(Architecture& dims, const Fields& fields) {
  dims.mla = part(fields, "mla", read_mla);
  dims.indexer = part(fields, "indexer", read_indexer);
  if (fields.object("ssm").text("version") == "rglru") {
    dims.rg_lru = part(fields, "ssm", read_rg_lru);
  } else {
    dims.ssm = part(fields, "ssm", read_ssm);
  }
  dims.linear_attention = part(fields, "linear_attention", read_linear);
  if (fields.has("short_conv")) {
    dims.short_conv = ShortConv{.l_cache = fields.object("short_conv").size("l_cache")};
  }
  dims.rwkv = part(fields, "rwkv", read_rwkv);
  dims.compressed = part(fields, "dsv4", read_compressed);
  dims.encoder_decoder = part(fields, "encoder_decoder", read_stacks);
}

}  // namespace llmfit::catalog
