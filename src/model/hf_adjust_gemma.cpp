// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "model/hf_classes.hpp"

namespace llmfit::model {
namespace {

/// A second embedding that every layer looks up for itself (gemma3n, gemma4).
void add_layer_embedding(HfDraft& draft, std::int64_t width) {
  const auto hidden = draft.dims().hidden_size;
  const auto all = (Elements{width} * draft.record.layers).count();
  const auto rows = draft.text.needed({"vocab_size_per_layer_input"});
  draft.once.push_back({"per_layer_token_embd.weight", {all, rows}, {}});
  draft.once.push_back({"per_layer_model_proj.weight", {hidden, all}, {}});
  draft.once.push_back({"per_layer_proj_norm.weight", {width}, {}});
  draft.per_layer.push_back({"inp_gate.weight", {hidden, width}, {}});
  draft.per_layer.push_back({"proj.weight", {width, hidden}, {}});
  draft.per_layer.push_back({"post_norm.weight", {hidden}, {}});
}

void add_alternating_updates(HfDraft& draft) {
  const auto hidden = draft.dims().hidden_size;
  const auto inputs = draft.text.needed({"altup_num_inputs"});
  const auto rank = draft.text.needed({"laurel_rank"});
  const auto squared = (Elements{inputs} * inputs).count();
  draft.once.push_back({"altup_proj.weight", {hidden, hidden, inputs - 1}, {}});
  draft.once.push_back({"altup_unembd_proj.weight", {hidden, hidden, inputs - 1}, {}});
  draft.per_layer.push_back({"altup_correct_scale.weight", {hidden}, {}});
  draft.per_layer.push_back({"altup_correct_coef.weight", {inputs, inputs}, {}});
  draft.per_layer.push_back({"altup_predict_coef.weight", {inputs, squared}, {}});
  draft.per_layer.push_back({"altup_router.weight", {hidden, inputs}, {}});
  draft.per_layer.push_back({"altup_router_norm.weight", {hidden}, {}});
  draft.per_layer.push_back({"laurel_l.weight", {hidden, rank}, {}});
  draft.per_layer.push_back({"laurel_r.weight", {rank, hidden}, {}});
  draft.per_layer.push_back({"laurel_post_norm.weight", {hidden}, {}});
}

/// Full layers have fewer and wider heads than sliding ones.
void read_global_heads(HfDraft& draft) {
  auto& record = draft.record;
  const auto& text = draft.text;
  draft.dims().k_eq_v = text.flag({"attention_k_eq_v"});
  record.window_heads = record.heads;
  record.window_kv_heads = record.kv_heads;
  record.window_head_dim = record.window_value_head_dim = record.head_dim;
  if (draft.dims().k_eq_v) {
    record.kv_heads = text.size({"num_global_key_value_heads"}, record.kv_heads);
  }
  record.head_dim = record.value_head_dim = text.needed_size({"global_head_dim"});
}

/// Layers that reuse a cache may have a feed-forward part of twice the width.
void read_double_width(HfDraft& draft) {
  if (!draft.text.flag({"use_double_wide_mlp"})) return;
  const auto size = draft.record.ffn_size;
  const auto single = draft.record.layers - draft.record.kv_shared_layers;
  for (std::int32_t i = 0; i < draft.record.layers; ++i) {
    draft.ffn_sizes.push_back(i < single || size > INT32_MAX / 2 ? size : size * 2);
  }
}

void set_both(HfDraft& draft) {
  draft.ffn_kinds.assign(draft.layers(), 'B');
  draft.dims().norms_per_layer = 7;
  draft.per_layer.push_back({"ffn_gate_inp.scale", {draft.dims().hidden_size}, {}});
  draft.per_layer.push_back({"ffn_down_exps.scale", {draft.dims().experts->count}, {}});
}

}  // namespace

void adjust_gemma3(HfDraft& draft) {
  for (const auto name : draft.outer.texts({"architectures"})) {
    if (name != "Gemma3TextModel") continue;
    draft.gguf = "gemma-embedding";  // which reads only
    draft.dims().kind = ModelKind::encoder;
    draft.dims().lm_head = false;
  }
}

void adjust_gemma3n(HfDraft& draft) {
  draft.record.kv_shared_layers = draft.text.size({"num_kv_shared_layers"});
  const auto widths = draft.text.sizes({"intermediate_size"});
  if (!widths.empty()) draft.record.ffn_size = widths.front();
  // The rows beyond are for images and sound, which GGUF files leave out.
  const auto rows = draft.text.needed({"vocab_size_per_layer_input"});
  draft.dims().vocab_size = std::min(draft.dims().vocab_size, rows);
  add_layer_embedding(draft, draft.text.needed({"hidden_size_per_layer_input"}));
  add_alternating_updates(draft);
}

void adjust_gemma4(HfDraft& draft) {
  draft.record.kv_shared_layers = draft.text.size({"num_kv_shared_layers"});
  if (draft.record.kv_shared_layers > draft.record.layers) {
    draft.text.fault("num_kv_shared_layers", "more than there are layers");
  }
  read_global_heads(draft);
  read_double_width(draft);
  draft.per_layer.push_back({"layer_output_scale.weight", {1}, {}});
  if (draft.dims().experts) set_both(draft);
  const auto width = draft.text.size({"hidden_size_per_layer_input"});
  if (width > 0) add_layer_embedding(draft, width);
}

}  // namespace llmfit::model
