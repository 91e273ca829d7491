// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>

namespace llmfit::test {

using HfJson = nlohmann::ordered_json;

/// "hidden_size=n_embd -head_dim": what a model_type calls otherwise than Llama does, and what it
/// does not have.
inline const std::map<std::string_view, const char*> hf_key_changes = {
    {"gpt2",
     "hidden_size=n_embd num_hidden_layers=n_layer num_attention_heads=n_head "
     "max_position_embeddings=n_positions intermediate_size=n_inner "
     "-num_key_value_heads -head_dim -attention_bias -mlp_bias"},
    {"gpt_bigcode",
     "hidden_size=n_embd num_hidden_layers=n_layer num_attention_heads=n_head "
     "max_position_embeddings=n_positions intermediate_size=n_inner "
     "-num_key_value_heads -head_dim -attention_bias -mlp_bias"},
    {"gptj",
     "hidden_size=n_embd num_hidden_layers=n_layer num_attention_heads=n_head "
     "max_position_embeddings=n_positions -intermediate_size -num_key_value_heads "
     "-head_dim -attention_bias -mlp_bias"},
    {"bloom",
     "num_hidden_layers=n_layer num_attention_heads=n_head -intermediate_size "
     "-num_key_value_heads -head_dim -attention_bias -mlp_bias"},
    {"falcon", "-intermediate_size -num_key_value_heads -head_dim -attention_bias -mlp_bias"},
    {"mpt",
     "hidden_size=d_model num_hidden_layers=n_layers num_attention_heads=n_heads "
     "-intermediate_size -num_key_value_heads -head_dim -attention_bias"},
    {"dbrx",
     "hidden_size=d_model num_hidden_layers=n_layers num_attention_heads=n_heads "
     "num_key_value_heads=attn_config/kv_n_heads num_experts=ffn_config/moe_num_experts "
     "num_experts_per_tok=ffn_config/moe_top_k "
     "moe_intermediate_size=ffn_config/ffn_hidden_size -intermediate_size -head_dim "
     "-attention_bias"},
    {"gpt_neo",
     "num_hidden_layers=num_layers num_attention_heads=num_heads "
     "sliding_window=window_size -intermediate_size -num_key_value_heads -head_dim "
     "-attention_bias -mlp_bias"},
    {"opt",
     "intermediate_size=ffn_dim -num_key_value_heads -head_dim -attention_bias "
     "-mlp_bias"},
    {"gpt_neox", "-num_key_value_heads -head_dim -mlp_bias"},
    {"chatglm",
     "num_hidden_layers=num_layers vocab_size=padded_vocab_size "
     "head_dim=kv_channels intermediate_size=ffn_hidden_size "
     "-num_key_value_heads -attention_bias"},
    {"exaone", "num_hidden_layers=num_layers -head_dim -attention_bias"},
    {"qwen", "head_dim=kv_channels -num_key_value_heads -attention_bias"},
    {"baichuan", "-num_key_value_heads -head_dim -attention_bias"},
    {"qwen2", "-attention_bias -head_dim"},
    {"qwen2_vl", "-attention_bias -head_dim"},
    {"qwen2_5_vl", "-attention_bias -head_dim"},
    {"phi", "-attention_bias -mlp_bias -head_dim"},
    {"phi3small", "intermediate_size=ff_intermediate_size -head_dim -attention_bias -mlp_bias"},
    {"persimmon", "-attention_bias -mlp_bias -head_dim -num_key_value_heads"},
    {"mixtral", "num_experts=num_local_experts -moe_intermediate_size -head_dim"},
    {"phimoe", "num_experts=num_local_experts -moe_intermediate_size"},
    {"gpt_oss", "num_experts=num_local_experts -moe_intermediate_size -mlp_bias"},
    {"minimax_m2",
     "num_experts=num_local_experts -moe_intermediate_size "
     "num_nextn_predict_layers=num_mtp_modules"},
    {"minimax_m3", "num_experts=num_local_experts"},
    {"minimax_text_01", "num_experts=num_local_experts -moe_intermediate_size"},
    {"granitemoe", "num_experts=num_local_experts -moe_intermediate_size -head_dim"},
    {"granitemoehybrid",
     "num_experts=num_local_experts moe_intermediate_size=intermediate_size "
     "-head_dim"},
    {"olmoe", "-moe_intermediate_size -head_dim"},
    {"jamba", "-moe_intermediate_size -head_dim -attention_bias"},
    {"llama4_text", "num_experts=num_local_experts -moe_intermediate_size -sliding_window"},
    {"arctic", "num_experts=num_local_experts -moe_intermediate_size -head_dim"},
    {"grok-1", "-moe_intermediate_size -head_dim"},
    {"ernie4_5_moe",
     "num_experts=moe_num_experts num_experts_per_tok=moe_k "
     "first_k_dense_replace=moe_layer_start_index "
     "n_shared_experts=moe_num_shared_experts -head_dim -attention_bias"},
    {"hunyuan_v1_moe", "num_experts_per_tok=moe_topk n_shared_experts=num_shared_expert"},
    {"lfm2_moe", "first_k_dense_replace=num_dense_layers -head_dim -attention_bias"},
    {"afmoe", "first_k_dense_replace=num_dense_layers n_shared_experts=num_shared_experts"},
    {"kimi_linear",
     "num_experts_per_tok=num_experts_per_token "
     "n_shared_experts=num_shared_experts -head_dim -attention_bias"},
    {"deepseek_v2", "num_experts=n_routed_experts -head_dim"},
    {"deepseek_v3", "num_experts=n_routed_experts -head_dim"},
    {"deepseek_v4", "num_experts=n_routed_experts"},
    {"kimi_k2", "num_experts=n_routed_experts -head_dim"},
    {"nemotron_h",
     "num_experts=n_routed_experts -first_k_dense_replace "
     "num_nextn_predict_layers=num_nextn_predict_layers"},
    {"longcat_flash",
     "num_hidden_layers=num_layers intermediate_size=ffn_hidden_size "
     "num_experts=n_routed_experts num_experts_per_tok=moe_topk "
     "moe_intermediate_size=expert_ffn_hidden_size -head_dim "
     "-first_k_dense_replace"},
    {"step3p5",
     "num_key_value_heads=num_attention_groups num_experts=moe_num_experts "
     "num_experts_per_tok=moe_top_k first_k_dense_replace=moe_layer_start_index"},
    {"recurrent_gemma", "sliding_window=attention_window_size -mlp_bias -attention_bias"},
    {"nemotron-nas", "-intermediate_size -num_key_value_heads -head_dim"},
    {"t5",
     "hidden_size=d_model num_hidden_layers=num_layers num_attention_heads=num_heads "
     "head_dim=d_kv intermediate_size=d_ff -num_key_value_heads -attention_bias"},
    {"bart",
     "hidden_size=d_model num_hidden_layers=encoder_layers "
     "num_attention_heads=encoder_attention_heads intermediate_size=encoder_ffn_dim "
     "-num_key_value_heads -head_dim -attention_bias -mlp_bias"},
    {"distilbert",
     "hidden_size=dim num_hidden_layers=n_layers num_attention_heads=n_heads "
     "intermediate_size=hidden_dim -num_key_value_heads -head_dim "
     "-attention_bias -mlp_bias"},
    {"nomic_bert",
     "hidden_size=n_embd num_hidden_layers=n_layer num_attention_heads=n_head "
     "intermediate_size=n_inner max_position_embeddings=n_positions "
     "-num_key_value_heads -head_dim -attention_bias"},
    {"bert", "-num_key_value_heads -head_dim -attention_bias -mlp_bias"},
    {"roberta", "-num_key_value_heads -head_dim -attention_bias -mlp_bias"},
    {"xlm-roberta", "-num_key_value_heads -head_dim -attention_bias -mlp_bias"},
};

/// One change of the table.
inline void change_hf_key(HfJson& config, const std::string& change) {
  if (change.front() == '-') {
    config.erase(change.substr(1));
    return;
  }
  const auto equals = change.find('=');
  const auto from = change.substr(0, equals);
  const auto to = change.substr(equals + 1);
  if (!config.contains(from) || from == to) return;
  const auto value = config[from];
  config.erase(from);
  const auto slash = to.find('/');
  if (slash == std::string::npos) {
    config[to] = value;
  } else {
    config[to.substr(0, slash)][to.substr(slash + 1)] = value;
  }
}

/// From Llama's names to those of a model_type.
inline void rename_hf_keys(HfJson& config, std::string_view model_type) {
  const auto found = hf_key_changes.find(model_type);
  if (found == hf_key_changes.end()) return;
  std::istringstream list(found->second);
  for (std::string change; list >> change;) change_hf_key(config, change);
}

}  // namespace llmfit::test
