// SPDX-License-Identifier: MIT
#include <string>

#include "model/hf_classes.hpp"

namespace llmfit::model {
namespace {

void bias_everything(Architecture& dims, bool bias) {
  dims.qkv_bias = dims.attention_out_bias = bias;
  dims.mlp_bias = bias ? MlpBias::all : MlpBias::none;
}

void learn_positions(HfDraft& draft, std::int64_t more = 0) {
  const auto rows = draft.text.needed({"n_positions", "max_position_embeddings", "n_ctx"});
  draft.dims().position_embeddings = (Elements{rows} + Elements{more}).count();
}

}  // namespace

void adjust_internlm(HfDraft& draft) {
  const bool bias = draft.text.flag({"bias"}, true);
  draft.dims().qkv_bias = draft.dims().attention_out_bias = bias;
}

void adjust_falcon(HfDraft& draft) {
  const auto& text = draft.text;
  const bool grouped = text.flag({"new_decoder_architecture"});
  const HfFields::Keys kv{"num_kv_heads", "n_head_kv"};
  if (!grouped) {
    draft.record.kv_heads = text.flag({"multi_query"}, true) ? 1 : draft.record.heads;
  } else if (text.has(kv)) {
    draft.record.kv_heads = text.needed_size(kv);
  }
  const bool parallel = text.flag({"parallel_attn"}, true);
  const auto norms = text.size({"num_ln_in_parallel_attn"}, grouped ? 2 : 1);
  draft.dims().norms_per_layer = parallel ? norms : 2;
  if (draft.dims().qkv_bias) draft.gguf.clear();  // llama.cpp knows none with biases
  // The larger ones are published with an output matrix and without a word about it.
  if (!text.has({"tie_word_embeddings"})) draft.dims().tied_embeddings = !grouped;
}

void adjust_bigcode(HfDraft& draft) {
  draft.record.kv_heads = draft.text.flag({"multi_query"}, true) ? 1 : draft.record.heads;
  learn_positions(draft);
}

void adjust_mpt(HfDraft& draft) {
  const auto& text = draft.text;
  const auto hidden = draft.dims().hidden_size;
  const auto factor = text.size({"expansion_ratio"}, 4);
  const auto wide = Elements{hidden} * factor;
  if (wide.count() <= INT32_MAX) draft.record.ffn_size = static_cast<std::int32_t>(wide.count());
  const bool bias = !text.flag({"no_bias"}, true);
  if (bias) draft.dims().norm = Norm::layernorm;
  bias_everything(draft.dims(), bias);
  if (!text.flag({"attn_config/alibi"}, true)) {
    draft.dims().position_embeddings = text.needed({"max_seq_len"});
  }
}

void adjust_gpt2(HfDraft& draft) { learn_positions(draft); }

void adjust_gptj(HfDraft& draft) { draft.dims().lm_head_bias = true; }

void adjust_bloom(HfDraft& draft) {
  draft.dims().embedding_norm = draft.dims().embedding_norm_bias = true;
}

void adjust_opt(HfDraft& draft) {
  constexpr std::int64_t offset = 2;  // rows before the first position
  auto& dims = draft.dims();
  learn_positions(draft, offset);
  dims.final_norm = draft.text.flag({"do_layer_norm_before"}, true);
  dims.embedding_projection_both = dims.embedding_size != dims.hidden_size;
  if (!draft.text.flag({"enable_bias"}, true)) bias_everything(dims, false);
}

void adjust_phi(HfDraft& draft) {
  draft.dims().lm_head_bias = true;
  if (draft.text.flag({"qk_layernorm"})) draft.dims().qk_norm = QkNorm::per_head_layernorm;
}

void adjust_phi3(HfDraft& draft) {
  const auto kind =
      draft.text.text({"rope_scaling/rope_type", "rope_scaling/type", "rope_parameters/rope_type"});
  draft.record.long_rope = kind == "longrope" || kind == "su";
  for (const auto name : draft.outer.texts({"architectures"})) {
    if (name == "Phi4MMForCausalLM") draft.gguf.clear();
  }
}

/// Two matrices of half the width that the configuration gives.
void adjust_qwen1(HfDraft& draft) { draft.record.ffn_size /= 2; }

void adjust_dream(HfDraft& draft) {
  for (const auto name : draft.outer.texts({"architectures"})) {
    if (name == "DreamModel") draft.gguf = "dream";
  }
}

void adjust_chatglm(HfDraft& draft) {
  if (!draft.text.flag({"multi_query_attention"})) return;
  draft.record.kv_heads = draft.text.needed_size({"multi_query_group_num"});
}

void adjust_stablelm(HfDraft& draft) {
  if (draft.text.flag({"use_parallel_residual"})) draft.dims().norms_per_layer = 1;
}

void adjust_apertus(HfDraft& draft) {
  draft.per_layer.push_back({"mlp.act_fn.alpha_p/alpha_n", {2}, {}});
}

void adjust_bitnet(HfDraft& draft) {
  draft.per_layer.push_back({"attn_sub_norm.weight", {draft.dims().hidden_size}, {}});
  draft.per_layer.push_back({"ffn_sub_norm.weight", {draft.record.ffn_size}, {}});
}

/// The embedding has eight rows more than the output matrix.
void adjust_mllama(HfDraft& draft) {
  auto& dims = draft.dims();
  dims.output_rows = dims.vocab_size;
  dims.vocab_size = (Elements{dims.vocab_size} + Elements{8}).count();
}

void adjust_output_gate(HfDraft& draft) { draft.dims().output_gate = OutputGate::separate; }

}  // namespace llmfit::model
