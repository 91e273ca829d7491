// SPDX-License-Identifier: MIT
#include "catalog/generate_arrays.hpp"
#include "catalog/generate_mixers.hpp"
#include "catalog/generate_records.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

std::string cpp_experts(const Experts& experts) {
  Initialiser out;
  out.number("count", experts.count);
  out.number("active", experts.active);
  out.number("ffn_size", experts.ffn_size);
  out.number("shared_ffn_size", experts.shared_ffn_size);
  out.number("zero_experts", experts.zero_experts);
  out.number("latent_size", experts.latent_size);
  out.number("dense_residual_ffn_size", experts.dense_residual_ffn_size);
  out.number("hash_layers", experts.hash_layers);
  out.flag("gated", experts.gated, true);
  out.flag("router_bias", experts.router_bias);
  out.flag("expert_bias", experts.expert_bias);
  out.flag("shared_gate", experts.shared_gate);
  out.flag("latent_norm", experts.latent_norm);
  return "Experts" + out.str();
}

void add_switches(Initialiser& out, const Architecture& dims) {
  const Architecture usual;
  out.flag("embedding_projection_both", dims.embedding_projection_both);
  out.flag("embedding_norm", dims.embedding_norm);
  out.flag("embedding_norm_bias", dims.embedding_norm_bias);
  out.flag("tied_embeddings", dims.tied_embeddings);
  out.flag("lm_head", dims.lm_head, usual.lm_head);
  out.flag("lm_head_bias", dims.lm_head_bias);
  out.flag("gated_mlp", dims.gated_mlp, usual.gated_mlp);
  out.flag("qkv_bias", dims.qkv_bias);
  out.flag("attention_out_bias", dims.attention_out_bias);
  out.flag("k_eq_v", dims.k_eq_v);
  out.flag("final_norm", dims.final_norm, usual.final_norm);
}

std::string cpp_dimensions(const Architecture& dims) {
  Initialiser out;
  out.expression("kind", word_of(model_kind_words, dims.kind).identifier);
  out.number("hidden_size", dims.hidden_size);
  out.number("vocab_size", dims.vocab_size);
  out.number("embedding_size", dims.embedding_size);
  out.number("output_rows", dims.output_rows);
  out.number("position_embeddings", dims.position_embeddings);
  out.number("token_types", dims.token_types);
  add_switches(out, dims);
  out.expression("mlp_bias", word_of(mlp_bias_words, dims.mlp_bias).identifier);
  out.expression("qk_norm", word_of(qk_norm_words, dims.qk_norm).identifier);
  out.expression("norm", word_of(norm_words, dims.norm).identifier);
  out.number("norms_per_layer", dims.norms_per_layer, Architecture{}.norms_per_layer);
  out.expression("output_gate", word_of(output_gate_words, dims.output_gate).identifier);
  out.flag("sinks_all", dims.sinks_all);
  out.flag("sinks_sliding", dims.sinks_sliding);
  if (dims.experts) out.expression("experts", cpp_experts(*dims.experts));
  add_mixers(out, dims);
  out.number("mtp_layers", dims.mtp_layers);
  return out.str();
}

std::string cpp_tensors(const Arrays& arrays, std::string_view list,
                        std::span<const ExtraTensor> tensors) {
  std::string all;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto suffix = std::string(list).append("_").append(std::to_string(i));
    Initialiser out;
    out.text("name", tensors[i].name);
    out.expression("shape", arrays.list("std::int64_t", suffix + "_shape", tensors[i].shape));
    out.expression("layers", arrays.list("std::int32_t", suffix + "_layers", tensors[i].layers));
    all.append(i == 0 ? "{" : ",\n  ").append(out.str());
  }
  return all.empty() ? "" : arrays.define("ExtraTensor", list, "[]", all + "}");
}

void add_file_facts(Initialiser& out, const ArchitectureRecord& record) {
  out.number("vision_parameters", record.vision_parameters);
  out.number("mtp_parameters", record.mtp_parameters);
  out.flag("rope_freqs", record.rope_freqs);
  out.flag("long_rope", record.long_rope);
  out.flag("stores_tied_head", record.stores_tied_head);
  out.number("rotary_dim", record.rotary_dim);
  if (record.mtp_in_gguf) {
    out.expression("mtp_in_gguf", *record.mtp_in_gguf ? "true" : "false");
  }
}

}  // namespace

std::string cpp_architecture(const ArchitectureRecord& record, std::size_t number,
                             std::string& before) {
  const Arrays arrays("model_" + std::to_string(number), before);
  const auto per_layer = [&arrays](std::string_view name, std::span<const std::int32_t> values) {
    return arrays.list("std::int32_t", name, values);
  };
  Initialiser out;
  out.expression("dims", cpp_dimensions(record.dims));
  out.text("gguf", record.gguf);
  out.text("model_type", record.model_type);
  out.number("layers", record.layers);
  out.number("heads", record.heads);
  out.number("kv_heads", record.kv_heads);
  out.number("head_dim", record.head_dim);
  out.number("value_head_dim", record.value_head_dim);
  out.number("ffn_size", record.ffn_size);
  out.text("layer_kinds", record.layer_kinds);
  out.text("ffn_kinds", record.ffn_kinds);
  out.number("window", record.window);
  out.number("window_heads", record.window_heads);
  out.number("window_kv_heads", record.window_kv_heads);
  out.number("window_head_dim", record.window_head_dim);
  out.number("window_value_head_dim", record.window_value_head_dim);
  out.number("kv_shared_layers", record.kv_shared_layers);
  out.expression("heads_by_layer", per_layer("heads", record.heads_by_layer));
  out.expression("kv_heads_by_layer", per_layer("kv_heads", record.kv_heads_by_layer));
  out.expression("ffn_size_by_layer", per_layer("ffn_size", record.ffn_size_by_layer));
  out.expression("norms_by_layer", per_layer("norms", record.norms_by_layer));
  out.expression("indexer_layers", per_layer("indexer", record.indexer_layers));
  out.expression("compress_ratios", per_layer("compress_ratios", record.compress_ratios));
  add_file_facts(out, record);
  out.expression("extra_tensors", cpp_tensors(arrays, "tensors", record.extra_tensors));
  out.expression("extra_per_layer", cpp_tensors(arrays, "layer_tensors", record.extra_per_layer));
  return out.str();
}

}  // namespace llmfit::catalog
