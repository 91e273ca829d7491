// SPDX-License-Identifier: MIT
#include "catalog/read_mixers.hpp"
#include "catalog/records.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

Experts read_experts(const Fields& fields, bool gated_mlp) {
  return {
      .count = fields.size("count"),
      .active = fields.size("active"),
      .ffn_size = fields.size("ffn_size"),
      .shared_ffn_size = fields.size("shared_ffn_size"),
      .zero_experts = fields.size("num_zero_experts"),
      .latent_size = fields.size("latent_size"),
      .dense_residual_ffn_size = fields.size("dense_residual_intermediate_size"),
      .hash_layers = fields.size("hash_layers"),
      .gated = fields.flag("gated", gated_mlp),
      .router_bias = fields.flag("router_bias"),
      .expert_bias = fields.flag("expert_bias"),
      .shared_gate = fields.flag("shared_expert_gate"),
      .latent_norm = fields.flag("latent_norm"),
  };
}

std::span<const ExtraTensor> read_tensors(const Fields& fields, std::string_view key) {
  std::vector<ExtraTensor> tensors;
  for (const auto& tensor : fields.objects(key)) {
    tensors.push_back({.name = tensor.text("name"),
                       .shape = tensor.counts("shape"),
                       .layers = tensor.sizes("layers")});
  }
  return fields.arena().keep(tensors);
}

Architecture read_dimensions(const Fields& fields) {
  Architecture dims;
  dims.kind = value_of(model_kind_words, fields.text("kind"), dims.kind);
  dims.hidden_size = fields.count("hidden_size").value_or(0);
  dims.vocab_size = fields.count("vocab_size").value_or(0);
  dims.embedding_size = fields.count("embedding_size").value_or(dims.hidden_size);
  dims.output_rows = fields.count("lm_head_rows").value_or(0);
  dims.position_embeddings = fields.count("position_embeddings").value_or(0);
  dims.token_types = fields.size("token_types");
  dims.embedding_projection_both = fields.flag("embedding_proj_both");
  dims.embedding_norm = fields.has("embedding_norm");
  dims.embedding_norm_bias = fields.text("embedding_norm") == "layernorm";
  dims.tied_embeddings = fields.flag("tied_embeddings");
  dims.lm_head = fields.flag("lm_head", dims.lm_head);
  dims.lm_head_bias = fields.flag("lm_head_bias");
  dims.gated_mlp = fields.flag("gated_mlp");
  dims.qkv_bias = fields.flag("qkv_bias");
  dims.attention_out_bias = fields.flag("attention_out_bias");
  dims.k_eq_v = fields.flag("k_eq_v");
  dims.final_norm = fields.flag("final_norm", dims.final_norm);
  dims.mlp_bias = value_of(mlp_bias_words, fields.text("mlp_bias"), dims.mlp_bias);
  dims.qk_norm = value_of(qk_norm_words, fields.text("qk_norm"), dims.qk_norm);
  dims.norm = value_of(norm_words, fields.text("norm"), dims.norm);
  dims.norms_per_layer = fields.size("norms_per_layer", dims.norms_per_layer);
  dims.output_gate =
      value_of(output_gate_words, fields.text("attention_output_gate"), dims.output_gate);
  dims.sinks_all = fields.text("attention_sinks") == "all";
  dims.sinks_sliding = fields.text("attention_sinks") == "swa";
  if (fields.has("experts")) dims.experts = read_experts(fields.object("experts"), dims.gated_mlp);
  read_mixers(dims, fields);
  dims.mtp_layers = fields.object("mtp").size("num_layers");
  return dims;
}

/// What files hold beside the dimensions.
void read_file_facts(ArchitectureRecord& record, const Fields& fields) {
  const auto mtp = fields.object("mtp");
  const auto scaling = fields.object("rope_scaling");
  const auto type = scaling.has("type") ? scaling.text("type") : scaling.text("rope_type");
  record.vision_parameters = fields.object("vision").count("params").value_or(0);
  record.mtp_parameters = mtp.count("params").value_or(0);
  record.rope_freqs = fields.flag("gguf_rope_freqs");
  record.long_rope = type == "longrope" || type == "su";
  record.stores_tied_head = fields.flag("checkpoint_stores_lm_head");
  record.rotary_dim = fields.size("rotary_dim");
  if (mtp.has("in_gguf")) record.mtp_in_gguf = mtp.flag("in_gguf");
}

}  // namespace

ArchitectureRecord read_architecture(const Fields& fields) {
  const auto window = fields.object("sliding_window");
  const auto by_layer = fields.object("per_layer");
  const auto head_dim = fields.size("head_dim");
  const auto window_head_dim = window.size("head_dim");
  ArchitectureRecord record{
      .dims = read_dimensions(fields),
      .gguf = fields.text("gguf"),
      .model_type = fields.text("model_type"),
      .layers = fields.size("layers"),
      .heads = fields.size("heads"),
      .kv_heads = fields.size("kv_heads"),
      .head_dim = head_dim,
      .value_head_dim = fields.size("value_head_dim", head_dim),
      .ffn_size = fields.size("ffn_size"),
      .layer_kinds = fields.text("layer_kinds"),
      .ffn_kinds = fields.text("ffn_kinds"),
      .window = window.size("window"),
      .window_heads = window.size("heads"),
      .window_kv_heads = window.size("kv_heads"),
      .window_head_dim = window_head_dim,
      .window_value_head_dim = window.size("value_head_dim", window_head_dim),
      .kv_shared_layers = fields.size("kv_shared_layers"),
      .heads_by_layer = by_layer.sizes("num_attention_heads"),
      .kv_heads_by_layer = by_layer.sizes("num_key_value_heads"),
      .ffn_size_by_layer = by_layer.sizes("intermediate_size"),
      .norms_by_layer = by_layer.sizes("norms"),
      .indexer_layers = fields.object("indexer").sizes("layers"),
      .compress_ratios = fields.object("dsv4").sizes("compress_ratios"),
      .extra_tensors = read_tensors(fields, "extra_tensors"),
      .extra_per_layer = read_tensors(fields, "extra_per_layer"),
  };
  read_file_facts(record, fields);
  return record;
}

}  // namespace llmfit::catalog
