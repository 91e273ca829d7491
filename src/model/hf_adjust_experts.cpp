// SPDX-License-Identifier: MIT
#include <string>

#include "model/hf_classes.hpp"

namespace llmfit::model {
namespace {

/// A fault where a class that is known with experts has none.
Experts* experts_of(HfDraft& draft) {
  auto& experts = draft.dims().experts;
  if (!experts) draft.text.fault("num_experts", "num_experts is missing");
  return experts ? &*experts : nullptr;
}

}  // namespace

void adjust_gpt_oss(HfDraft& draft) {
  draft.dims().sinks_all = true;
  if (auto* const experts = experts_of(draft)) experts->expert_bias = true;
}

void adjust_shared_gate(HfDraft& draft) {
  if (auto* const experts = experts_of(draft)) experts->shared_gate = true;
}

/// The query projection holds a gate of the same width (Qwen3-Next and later).
void adjust_gated_query(HfDraft& draft) {
  draft.dims().output_gate = OutputGate::in_q;
  // Published GGUF files of Qwen3.5 have no draft blocks.
  if (draft.gguf.starts_with("qwen35")) draft.record.mtp_in_gguf = false;
  auto& experts = draft.dims().experts;
  if (experts) experts->shared_gate = experts->shared_ffn_size > 0;
}

/// `intermediate_size` is an expert's width; beside them one of that width sees every token.
void adjust_llama4(HfDraft& draft) {
  if (auto* const experts = experts_of(draft)) {
    experts->ffn_size = draft.text.needed_size({"intermediate_size"});
    experts->shared_ffn_size = experts->ffn_size;
  }
}

void adjust_arctic(HfDraft& draft) {
  if (auto* const experts = experts_of(draft)) {
    const auto hidden = static_cast<std::int32_t>(draft.dims().hidden_size);
    experts->dense_residual_ffn_size = draft.text.flag({"use_residual"}, true) ? hidden : 0;
  }
}

void adjust_bailing(HfDraft& draft) {
  for (const auto name : draft.outer.texts({"architectures"})) {
    if (name == "BailingMoeV2ForCausalLM") draft.gguf = "bailingmoe2";
  }
}

void adjust_mimo2(HfDraft& draft) {
  draft.dims().sinks_sliding = draft.text.flag({"add_swa_attention_sink_bias"}, true);
  draft.dims().sinks_all = draft.text.flag({"add_full_attention_sink_bias"});
  draft.record.mtp_in_gguf = false;  // published GGUF files have none
}

void adjust_minimax3(HfDraft& draft) {
  // The expert's width stands where others have the dense one.
  if (auto* const experts = experts_of(draft)) {
    experts->ffn_size = draft.text.needed_size({"intermediate_size"});
  }
  const auto own = draft.text.object({"sparse_attention_config"});
  const auto heads = own.needed({"sparse_num_index_heads"});
  const auto width = own.needed({"sparse_index_dim"});
  const auto hidden = draft.dims().hidden_size;
  const auto flags = own.sizes({"sparse_attention_freq"});
  std::vector<std::int32_t> layers;
  for (std::size_t i = 0; i < draft.layers(); ++i) {
    const bool dense = i < draft.ffn_kinds.size() && draft.ffn_kinds[i] == 'D';
    const bool sparse = i < flags.size() ? flags[i] != 0 : !dense;
    if (sparse) layers.push_back(static_cast<std::int32_t>(i));
  }
  const auto all = (Elements{heads} * width).count();
  draft.per_layer.push_back({"indexer.q_proj.weight", {hidden, all}, layers});
  draft.per_layer.push_back({"indexer.k_proj.weight", {hidden, width}, layers});
  draft.per_layer.push_back({"indexer.q_norm.weight", {width}, layers});
  draft.per_layer.push_back({"indexer.k_norm.weight", {width}, layers});
}

/// Sliding layers have more query heads than the others.
void adjust_step(HfDraft& draft) {
  draft.dims().output_gate = OutputGate::per_head;
  const auto other = draft.text.object({"attention_other_setting"});
  draft.record.window_heads = other.needed_size({"num_attention_heads"});
  draft.record.window_kv_heads = other.size({"num_attention_groups"});
  draft.record.window_head_dim = other.size({"head_dim"});
}

void adjust_deepseek4(HfDraft& draft) {
  const auto streams = std::int64_t{draft.dims().compressed ? draft.dims().compressed->hc_mult : 0};
  const auto width = (Elements{draft.dims().hidden_size} * streams).count();
  draft.once.push_back({"output_hc_fn.weight", {width, streams}, {}});
  draft.once.push_back({"output_hc_base.weight", {streams}, {}});
  draft.once.push_back({"output_hc_scale.weight", {1}, {}});
}

void adjust_phimoe(HfDraft& draft) {
  draft.dims().lm_head_bias = draft.text.flag({"lm_head_bias"});
  draft.dims().mlp_bias = MlpBias::none;
  // llama.cpp takes the hidden size for the width of all heads.
  const auto width = Elements{draft.record.heads} * draft.record.head_dim;
  if (width != Elements{draft.dims().hidden_size}) draft.gguf.clear();
  const auto kind = draft.text.text({"rope_scaling/rope_type", "rope_scaling/type"});
  draft.record.long_rope = kind == "longrope" || kind == "su";
}

/// Kimi K3 weighs the outputs of earlier blocks.
void adjust_kimi(HfDraft& draft) {
  if (!draft.text.has({"attn_res_block_size"})) return;
  const auto hidden = draft.dims().hidden_size;
  draft.gguf = "kimi-k3";
  draft.once.push_back({"output_res_score.weight", {hidden}, {}});
  draft.per_layer.push_back({"attn_res_score.weight", {hidden}, {}});
  draft.per_layer.push_back({"ffn_res_score.weight", {hidden}, {}});
}

}  // namespace llmfit::model
