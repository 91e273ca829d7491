// SPDX-License-Identifier: MIT
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
  if (fields.has("mla")) dims.mla = read_mla(fields.object("mla"));
  if (const auto indexer = fields.object("indexer"); fields.has("indexer")) {
    dims.indexer = {.heads = indexer.size("num_heads"), .head_dim = indexer.size("head_dim")};
  }
  return dims;
}

}  // namespace

ArchitectureRecord read_architecture(const Fields& fields) {
  const auto window = fields.object("sliding_window");
  const auto by_layer = fields.object("per_layer");
  const auto head_dim = fields.size("head_dim");
  const auto window_head_dim = window.size("head_dim");
  return {
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
      .extra_tensors = read_tensors(fields, "extra_tensors"),
      .extra_per_layer = read_tensors(fields, "extra_per_layer"),
  };
}

}  // namespace llmfit::catalog
