// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

#include "llmfit/catalog.hpp"
#include "support/hf_config_names.hpp"

namespace llmfit::test {

/// What a configuration says about the parts that only some classes have.
class HfConfigParts {
 protected:
  explicit HfConfigParts(const ModelRecord& record)
      : record_(*record.architecture), dims_(record.architecture->dims) {}

  [[nodiscard]] std::string type() const { return std::string(record_.model_type); }
  [[nodiscard]] bool is(std::string_view words) const {
    std::istringstream list{std::string(words)};
    for (std::string word; list >> word;) {
      if (word == record_.model_type) return true;
    }
    return false;
  }
  [[nodiscard]] bool has(char letter) const {
    return record_.layer_kinds.find(letter) != std::string_view::npos;
  }
  HfJson numbers(char letter, int first = 0) {
    HfJson list = HfJson::array();
    for (std::size_t i = 0; i < record_.layer_kinds.size(); ++i) {
      if (record_.layer_kinds[i] == letter) list.push_back(static_cast<int>(i) + first);
    }
    return list;
  }

  void write_latent() {
    const auto& mla = *dims_.mla;
    config_["q_lora_rank"] = mla.q_lora_rank > 0 ? HfJson(mla.q_lora_rank) : HfJson();
    config_["kv_lora_rank"] = mla.kv_lora_rank;
    config_["qk_nope_head_dim"] = mla.qk_nope_head_dim;
    config_["qk_rope_head_dim"] = mla.qk_rope_head_dim;
    config_["v_head_dim"] = mla.v_head_dim;
    if (mla.output_gate) config_["mla_use_output_gate"] = true;
    if (!dims_.indexer) return;
    config_["index_n_heads"] = dims_.indexer->heads;
    config_["index_head_dim"] = dims_.indexer->head_dim;
    if (record_.indexer_layers.empty()) return;
    HfJson types = HfJson::array();
    for (int i = 0; i < record_.layers; ++i) {
      const auto& own = record_.indexer_layers;
      types.push_back(std::find(own.begin(), own.end(), i) != own.end() ? "full" : "shared");
    }
    config_["indexer_types"] = types;
  }

  void write_mamba() {
    const auto& ssm = *dims_.ssm;
    const bool prefixed = is("jamba bamba falcon_h1 granitemoehybrid");
    const auto put = [&](const char* with, const char* without, auto value) {
      config_[prefixed ? with : without] = value;
    };
    put("mamba_d_state", is("nemotron_h") ? "ssm_state_size" : "state_size", ssm.d_state);
    put("mamba_d_conv", "conv_kernel", ssm.d_conv);
    put("mamba_conv_bias", "use_conv_bias", ssm.conv_bias);
    if (ssm.version == 1) {
      put("mamba_expand", "expand", ssm.d_inner / dims_.hidden_size);
      put("mamba_dt_rank", "time_step_rank", ssm.dt_rank);
      return;
    }
    const bool own = is("nemotron_h");
    put("mamba_n_groups", "n_groups", ssm.n_groups);
    put("mamba_n_heads", own ? "mamba_num_heads" : "num_heads", ssm.heads);
    put("mamba_d_head", own ? "mamba_head_dim" : "head_dim", ssm.d_inner / ssm.heads);
    if (is("falcon_h1")) config_["mamba_d_ssm"] = ssm.d_inner;
    if (is("falcon_h1")) config_["mamba_rms_norm"] = ssm.gated_norm;
  }

  void write_linear() {
    const auto& linear = *dims_.linear_attention;
    if (is("kimi_linear")) {
      config_["linear_attn_config"] = {{"num_heads", linear.key_heads},
                                       {"head_dim", linear.key_head_dim},
                                       {"short_conv_kernel_size", linear.conv_kernel},
                                       {"use_full_rank_gate", linear.full_rank_gate},
                                       {"full_attn_layers", numbers('A', 1)},
                                       {"kda_layers", numbers('L', 1)}};
    } else if (!is("minimax_text_01")) {
      config_["linear_num_key_heads"] = linear.key_heads;
      config_["linear_num_value_heads"] = linear.value_heads;
      config_["linear_key_head_dim"] = linear.key_head_dim;
      config_["linear_value_head_dim"] = linear.value_head_dim;
      config_["linear_conv_kernel_dim"] = linear.conv_kernel;
    }
  }

  void write_own() {
    write_norm_switches();
    write_old_decoders();
    write_encoders();
    write_new_decoders();
  }

  void write_norm_switches() {
    const bool on = dims_.qk_norm != QkNorm::none;
    if (is("cohere glm4_moe glm4v_moe hunyuan_v1_dense hunyuan_v1_moe bailing_moe solar_open")) {
      config_["use_qk_norm"] = on;
    }
    if (is("stablelm persimmon phi")) config_["qk_layernorm"] = on;
    if (is("stablelm")) {
      config_["use_parallel_residual"] = dims_.norms_per_layer == 1;
      config_["use_qkv_bias"] = dims_.qkv_bias;
      config_.erase("attention_bias");
    }
    if (is("phimoe")) config_["lm_head_bias"] = dims_.lm_head_bias;
    if (is("seed_oss")) config_["attention_out_bias"] = dims_.attention_out_bias;
    if (is("internlm")) config_["bias"] = dims_.qkv_bias;
    if (is("starcoder2 ernie4_5 ernie4_5_moe")) config_["use_bias"] = dims_.qkv_bias;
    if (is("internlm2")) config_["bias"] = false;
  }

  void write_old_decoders() {
    if (dims_.position_embeddings > 0) {
      const auto offset = is("opt bart") ? 2 : 0;
      config_["max_position_embeddings"] = dims_.position_embeddings - offset;
    }
    if (is("falcon")) {
      config_["new_decoder_architecture"] =
          record_.kv_heads > 1 && record_.kv_heads < record_.heads;
      config_["multi_query"] = record_.kv_heads < record_.heads;
      config_["parallel_attn"] = !(record_.kv_heads == record_.heads);
      config_["num_kv_heads"] = record_.kv_heads;
      config_["bias"] = dims_.qkv_bias;
      if (dims_.norms_per_layer == 1) config_["num_ln_in_parallel_attn"] = 1;
    }
    if (is("gpt_bigcode")) config_["multi_query"] = record_.kv_heads == 1;
    if (is("chatglm")) {
      config_["multi_query_attention"] = true;
      config_["multi_query_group_num"] = record_.kv_heads;
      config_["add_qkv_bias"] = dims_.qkv_bias;
    }
    if (is("opt")) {
      config_["word_embed_proj_dim"] = dims_.embedding_size;
      config_["do_layer_norm_before"] = dims_.final_norm;
    }
    if (is("mpt")) {
      config_["expansion_ratio"] = record_.ffn_size / dims_.hidden_size;
      config_["no_bias"] = true;
      config_["attn_config"] = {{"alibi", true}};
    }
    if (is("qwen recurrent_gemma")) config_["intermediate_size"] = record_.ffn_size * 2;
  }

  void write_encoders() {
    if (dims_.token_types > 0) config_["type_vocab_size"] = dims_.token_types;
    if (is("jina_bert_v2")) config_["position_embedding_type"] = "alibi";
    if (is("nomic_bert")) config_["activation_function"] = "swiglu";
    if (is("mpnet t5")) config_["relative_attention_num_buckets"] = 32;
    if (!dims_.encoder_decoder) return;
    if (is("t5")) {
      config_["num_decoder_layers"] = dims_.encoder_decoder->decoder_layers;
      config_["feed_forward_proj"] = dims_.gated_mlp ? "gated-gelu" : "relu";
    } else {
      config_["decoder_layers"] = dims_.encoder_decoder->decoder_layers;
    }
  }

  [[nodiscard]] std::int64_t extra(std::string_view name, std::size_t side) const {
    for (const auto* const list : {&record_.extra_tensors, &record_.extra_per_layer}) {
      for (const auto& tensor : *list) {
        if (tensor.name == name) return tensor.shape[side];
      }
    }
    return 0;
  }

  void write_gemma() {
    const auto width = extra("inp_gate.weight", 1);
    config_["num_kv_shared_layers"] = record_.kv_shared_layers;
    config_["hidden_size_per_layer_input"] = width;
    if (width > 0) {
      config_["vocab_size_per_layer_input"] = extra("per_layer_token_embd.weight", 1);
    }
    if (is("gemma3n_text")) {
      config_["altup_num_inputs"] = extra("altup_router.weight", 1);
      config_["laurel_rank"] = extra("laurel_l.weight", 1);
      return;
    }
    config_["head_dim"] = record_.window_head_dim;
    config_["global_head_dim"] = record_.head_dim;
    config_["num_key_value_heads"] = record_.window_kv_heads;
    config_["num_global_key_value_heads"] = dims_.k_eq_v ? HfJson(record_.kv_heads) : HfJson();
    config_["attention_k_eq_v"] = dims_.k_eq_v;
    config_["use_double_wide_mlp"] = !record_.ffn_size_by_layer.empty();
  }

  void write_new_decoders() {
    if (is("gemma3n_text gemma4 gemma4_text")) write_gemma();
    if (is("mimo_v2_flash")) {
      config_["swa_num_attention_heads"] = record_.window_heads;
      config_["swa_num_key_value_heads"] = record_.window_kv_heads;
      config_["swa_head_dim"] = record_.window_head_dim;
      config_["swa_v_head_dim"] = record_.window_value_head_dim;
      config_["add_swa_attention_sink_bias"] = true;
    }
    if (is("step3p5 step3p7")) {
      config_["attention_other_setting"] = {{"num_attention_heads", record_.window_heads},
                                            {"num_attention_groups", record_.window_kv_heads},
                                            {"head_dim", record_.window_head_dim}};
    }
    if (is("llama4_text")) {
      config_["attention_chunk_size"] = record_.window;
      config_["intermediate_size_mlp"] = record_.ffn_size;
      config_["intermediate_size"] = dims_.experts->ffn_size;
    }
    if (is("minimax_m3")) write_minimax3();
    if (is("deepseek_v4")) write_deepseek4();
    if (is("kimi_linear") && dims_.experts->latent_size > 0) {
      config_["routed_expert_hidden_size"] = dims_.experts->latent_size;
      config_["latent_moe_use_norm"] = dims_.experts->latent_norm;
      config_["attn_res_block_size"] = 12;
      config_.erase("moe_latent_size");
    }
    if (is("longcat_flash")) {
      config_["num_hidden_layers"] = record_.layers / 2;
      config_["zero_expert_num"] = dims_.experts->zero_experts;
    }
    if (is("lfm2 lfm2_moe")) config_["conv_L_cache"] = dims_.short_conv->l_cache;
    if (is("recurrent_gemma")) {
      config_["lru_width"] = dims_.rg_lru->width;
      config_["conv1d_width"] = dims_.rg_lru->d_conv;
    }
    if (is("granitemoehybrid") && !dims_.experts) {
      config_["shared_intermediate_size"] = record_.ffn_size;
      config_["num_local_experts"] = 0;
    }
    if (is("mllama")) config_["vocab_size"] = dims_.output_rows;
  }

  void write_minimax3() {
    config_["dense_intermediate_size"] = record_.ffn_size;
    config_["intermediate_size"] = dims_.experts->ffn_size;
    config_.erase("moe_intermediate_size");
    const auto width = extra("indexer.k_proj.weight", 1);
    config_["sparse_attention_config"] = {
        {"sparse_index_dim", width},
        {"sparse_num_index_heads", extra("indexer.q_proj.weight", 1) / width}};
  }

  void write_deepseek4() {
    const auto& own = *dims_.compressed;
    config_["q_lora_rank"] = own.q_lora_rank;
    config_["o_groups"] = own.o_groups;
    config_["o_lora_rank"] = own.o_lora_rank;
    config_["hc_mult"] = own.hc_mult;
    config_["index_n_heads"] = own.index_heads;
    config_["index_head_dim"] = own.index_head_dim;
    config_["compress_ratios"] = record_.compress_ratios;
  }

  const ArchitectureRecord& record_;
  const Architecture& dims_;
  HfJson config_;
};

}  // namespace llmfit::test
