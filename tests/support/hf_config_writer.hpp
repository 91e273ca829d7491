// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "llmfit/catalog.hpp"
#include "support/hf_config_parts.hpp"

namespace llmfit::test {

/// Writes the config.json that the publisher of a catalog entry would: the entry's dimensions in
/// the key names of its model_type. What a class has by design is not written.
class HfConfigWriter : private HfConfigParts {
 public:
  explicit HfConfigWriter(const ModelRecord& record) : HfConfigParts(record), model_(record) {}

  [[nodiscard]] std::string text() { return json().dump(2); }
  [[nodiscard]] HfJson json() {
    entry_ = HfJson::parse(model_.json).at("architecture");
    write_widths();
    write_layers();
    if (dims_.experts) write_experts();
    if (dims_.mla) write_latent();
    if (dims_.ssm) write_mamba();
    if (dims_.linear_attention) write_linear();
    write_own();
    rename_hf_keys(config_, record_.model_type);
    return config_;
  }

 private:
  void write_widths() {
    config_["model_type"] = type();
    if (entry_.contains("hf") && entry_["hf"].is_string())
      config_["architectures"] = {entry_["hf"]};
    config_["hidden_size"] = dims_.hidden_size;
    config_["vocab_size"] = dims_.vocab_size;
    config_["num_hidden_layers"] = record_.layers;
    config_["tie_word_embeddings"] = dims_.tied_embeddings;
    config_["max_position_embeddings"] = 4096;
    if (record_.heads > 0) {
      config_["num_attention_heads"] = record_.heads;
      config_["num_key_value_heads"] = record_.kv_heads;
      config_["head_dim"] = record_.head_dim;
    }
    if (record_.ffn_size > 0) config_["intermediate_size"] = record_.ffn_size;
    if (record_.value_head_dim > 0 && record_.value_head_dim != record_.head_dim) {
      config_["v_head_dim"] = record_.value_head_dim;
    }
    if (record_.window > 0) config_["sliding_window"] = record_.window;
    config_["attention_bias"] = dims_.qkv_bias || (dims_.mla && dims_.mla->bias);
    if (dims_.mlp_bias == MlpBias::all) config_["mlp_bias"] = true;
    if (dims_.mtp_layers > 0) config_["num_nextn_predict_layers"] = dims_.mtp_layers;
    if (record_.rope_freqs) config_["rope_scaling"] = {{"rope_type", "llama3"}, {"factor", 8.0}};
    if (record_.long_rope) config_["rope_scaling"] = {{"type", "longrope"}};
    if (record_.rotary_dim > 0) {
      config_["partial_rotary_factor"] = static_cast<double>(record_.rotary_dim) / record_.head_dim;
    }
  }

  void write_words(std::string_view key, const std::map<char, std::string>& words) {
    HfJson list = HfJson::array();
    for (const char letter : record_.layer_kinds) list.push_back(words.at(letter));
    config_[std::string(key)] = list;
  }
  void write_flags(std::string_view key, std::string_view letters, char set) {
    HfJson list = HfJson::array();
    for (const char letter : letters) list.push_back(letter == set ? 1 : 0);
    config_[std::string(key)] = list;
  }

  void write_layers() {
    const std::map<char, std::string> words = {{'F', "full_attention"},
                                               {'S', "sliding_attention"},
                                               {'C', "chunked_attention"},
                                               {'L', "linear_attention"},
                                               {'K', "conv"},
                                               {'M', "mamba"}};
    if (is("gpt_oss exaone_moe olmo3 muse_glimmer afmoe step3p5 step3p7 gemma3n_text gemma4 "
           "gemma4_text lfm2 lfm2_moe")) {
      write_words("layer_types", words);
    }
    if (is("granitemoehybrid")) write_words("layer_types", {{'M', "mamba"}, {'F', "attention"}});
    if (is("gemma3_text")) config_["sliding_window_pattern"] = 6;
    if (is("cohere2")) config_["sliding_window_pattern"] = 4;
    if (is("exaone4") && has('S')) config_["sliding_window_pattern"] = "LLLG";
    if (is("gpt_neo")) {
      config_["attention_types"] = {{{"global", "local"}, record_.layers / 2}};
    }
    if (is("mistral ministral3 mistral3 phi3 starcoder2 phimoe qwen2") && !has('S')) {
      config_["sliding_window"] = nullptr;
    }
    if (is("qwen3_next qwen3_5 qwen3_5_text qwen3_5_moe_text")) {
      config_["full_attention_interval"] = 4;
    }
    if (is("minimax_text_01")) write_flags("attn_type_list", record_.layer_kinds, 'F');
    if (is("mimo_v2_flash")) write_flags("hybrid_layer_pattern", record_.layer_kinds, 'S');
    if (is("mllama")) config_["cross_attention_layers"] = numbers('X');
    if (is("bamba")) config_["attn_layer_indices"] = numbers('F');
    if (is("jamba")) {
      config_["attn_layer_period"] = 8;
      config_["attn_layer_offset"] = 4;
    }
    if (is("recurrent_gemma")) config_["block_types"] = {"recurrent", "recurrent", "attention"};
    if (is("nemotron_h")) write_pattern();
    if (is("nemotron-nas")) write_blocks();
  }

  void write_pattern() {
    std::string letters;
    for (std::size_t i = 0; i < record_.layer_kinds.size(); ++i) {
      const char kind = record_.layer_kinds[i];
      const char ffn = record_.ffn_kinds[i];
      letters += kind == 'M' ? 'M' : kind == 'F' ? '*' : ffn == 'E' ? 'E' : '-';
    }
    config_["hybrid_override_pattern"] = letters;
  }

  void write_blocks() {
    HfJson blocks = HfJson::array();
    for (std::size_t i = 0; i < record_.layer_kinds.size(); ++i) {
      const auto heads = record_.kv_heads_by_layer[i];
      const bool none = heads == 0;
      // Two thirds of it, rounded up to 256, is the width.
      const auto multiple =
          1.5 * record_.ffn_size_by_layer[i] / static_cast<double>(dims_.hidden_size);
      blocks.push_back({{"attention",
                         {{"no_op", none},
                          {"n_heads_in_group", none ? HfJson() : HfJson(record_.heads / heads)}}},
                        {"ffn", {{"no_op", false}, {"ffn_mult", multiple}}}});
    }
    config_["block_configs"] = blocks;
  }

  void write_experts() {
    const auto& experts = *dims_.experts;
    config_["num_experts"] = experts.count;
    config_["num_experts_per_tok"] = experts.active;
    config_["moe_intermediate_size"] = experts.ffn_size;
    const auto dense = record_.ffn_kinds.find('E');
    if (dense != std::string_view::npos && dense > 0) {
      config_["first_k_dense_replace"] = dense;
    }
    if (is("jamba")) {
      config_["expert_layer_period"] = 2;
      config_["expert_layer_offset"] = 1;
      config_.erase("first_k_dense_replace");
    }
    if (is("llama4_text") && dense > 0) {
      config_["interleave_moe_layer_step"] = 2;
      config_.erase("first_k_dense_replace");
    }
    if (is("mimo_v2_flash")) write_flags("moe_layer_freq", record_.ffn_kinds, 'E');
    write_shared(experts);
    if (is("deepseek_v2 deepseek_v3 kimi_k2 glm4_moe glm_moe_dsa glm4_moe_lite deepseek_v32")) {
      config_["topk_method"] = experts.router_bias ? "noaux_tc" : "greedy";
    }
    if (is("lfm2_moe")) config_["use_expert_bias"] = experts.router_bias;
    if (is("bailing_moe")) config_["moe_router_enable_expert_bias"] = experts.router_bias;
    if (experts.latent_size > 0) config_["moe_latent_size"] = experts.latent_size;
    if (experts.hash_layers > 0) config_["num_hash_layers"] = experts.hash_layers;
  }

  void write_shared(const Experts& experts) {
    if (experts.shared_ffn_size == 0) return;
    const auto count = experts.shared_ffn_size / experts.ffn_size;
    if (is("qwen2_moe qwen3_next qwen3_5_moe_text")) {
      config_["shared_expert_intermediate_size"] = experts.shared_ffn_size;
    } else if (is("granitemoehybrid")) {
      config_["shared_intermediate_size"] = experts.shared_ffn_size;
    } else if (is("step3p5 step3p7")) {
      config_["share_expert_dim"] = experts.shared_ffn_size;
    } else if (is("nemotron_h")) {
      config_["n_shared_experts"] = 1;
      config_["moe_shared_expert_intermediate_size"] = experts.shared_ffn_size;
    } else if (!is("llama4_text")) {
      config_["n_shared_experts"] = count;
    }
  }

  const ModelRecord& model_;
  HfJson entry_;
};

}  // namespace llmfit::test
