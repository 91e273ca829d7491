// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "model/hf_classes.hpp"

namespace llmfit::model {
namespace {

std::int32_t whole_up(double value, std::int32_t step) {
  const auto steps = static_cast<std::int64_t>((value + step - 1) / step);
  const auto up = Elements{steps} * step;
  return up.count() <= INT32_MAX ? static_cast<std::int32_t>(up.count()) : 0;
}

void set_encoder(HfDraft& draft, std::int32_t token_types) {
  auto& dims = draft.dims();
  dims.kind = ModelKind::encoder;
  dims.final_norm = false;
  dims.lm_head = false;
  dims.embedding_norm = dims.embedding_norm_bias = true;
  dims.token_types = token_types;
}

void learn_positions(HfDraft& draft) {
  draft.dims().position_embeddings = draft.text.needed({"max_position_embeddings"});
}

void add_pooler(HfDraft& draft) {
  const auto hidden = draft.dims().hidden_size;
  draft.once.push_back({"pooler.dense.weight", {hidden, hidden}, {}});
  draft.once.push_back({"pooler.dense.bias", {hidden}, {}});
}

std::int32_t read_decoder_layers(const HfDraft& draft, HfFields::Keys keys) {
  constexpr std::int32_t limit = 4096;
  const auto layers = draft.text.size(keys, draft.record.layers);
  if (layers > limit) draft.text.fault(*keys.begin(), "more than 4,096 layers");
  return layers > limit ? 0 : layers;
}

std::int32_t read_token_types(const HfDraft& draft) {
  return draft.text.needed_size({"type_vocab_size"});
}

}  // namespace

void adjust_granite_hybrid(HfDraft& draft) {
  const bool experts = draft.dims().experts.has_value();
  const HfFields::Keys shared{"shared_intermediate_size"};
  if (!experts) draft.record.ffn_size = draft.text.needed_size(shared);
  // Without a recurrent layer it is an ordinary Granite.
  if (draft.layer_kinds.find('M') == std::string::npos) {
    draft.gguf = experts ? "granitemoe" : "granite";
  }
}

void adjust_nemotron_h(HfDraft& draft) {
  draft.record.mtp_in_gguf = false;  // published GGUF files have none
  if (draft.dims().experts) draft.gguf = "nemotron_h_moe";
}

/// Two thirds of the given width, rounded up (`Lfm2MLP` of Hugging Face Transformers).
void adjust_lfm2(HfDraft& draft) {
  const auto& text = draft.text;
  if (!text.flag({"block_auto_adjust_ff_dim"})) return;
  const auto two_thirds = static_cast<std::int32_t>(std::int64_t{draft.record.ffn_size} * 2 / 3);
  const auto factor = text.number({"block_ffn_dim_multiplier"}).value_or(1);
  const auto step = text.needed_size({"block_multiple_of"});
  const auto wide = static_cast<double>(two_thirds) * std::clamp(factor, 0.0, 1000.0);
  if (step > 0)
    draft.record.ffn_size = whole_up(static_cast<double>(static_cast<std::int64_t>(wide)), step);
}

/// The configuration gives the width of gate and value together.
void adjust_griffin(HfDraft& draft) {
  draft.record.ffn_size /= 2;
  if (draft.text.flag({"attention_bias"})) draft.dims().qkv_bias = true;
}

void adjust_bert(HfDraft& draft) {
  set_encoder(draft, read_token_types(draft));
  if (draft.text.text({"position_embedding_type"}) == "alibi") return adjust_jina(draft);
  learn_positions(draft);
  add_pooler(draft);
}

/// Classifiers have a head of their own in the pooler's place.
void adjust_roberta(HfDraft& draft) {
  adjust_bert(draft);
  for (const auto name : draft.outer.texts({"architectures"})) {
    if (name.ends_with("ForSequenceClassification")) draft.once.clear();
  }
}

void adjust_distilbert(HfDraft& draft) {
  set_encoder(draft, 0);
  learn_positions(draft);
}

void adjust_mpnet(HfDraft& draft) {
  set_encoder(draft, 0);
  learn_positions(draft);
  const auto buckets = draft.text.needed({"relative_attention_num_buckets"});
  draft.once.push_back({"relative_attention_bias.weight", {draft.record.heads, buckets}, {}});
  add_pooler(draft);
}

void adjust_nomic(HfDraft& draft) {
  set_encoder(draft, read_token_types(draft));
  auto& dims = draft.dims();
  dims.gated_mlp = draft.text.text({"activation_function"}) == "swiglu";
  dims.qkv_bias = draft.text.flag({"qkv_proj_bias"});
  dims.attention_out_bias = dims.qkv_bias;
  dims.mlp_bias = draft.text.flag({"mlp_fc1_bias"}) ? MlpBias::all : MlpBias::none;
}

/// Gated feed-forward parts, positions by slopes (JinaBERT v2).
void adjust_jina(HfDraft& draft) {
  set_encoder(draft, read_token_types(draft));
  draft.gguf = "jina-bert-v2";
  draft.dims().gated_mlp = true;
  draft.dims().mlp_bias = MlpBias::down;
  add_pooler(draft);
}

void adjust_modernbert(HfDraft& draft) {
  auto& dims = draft.dims();
  const auto& text = draft.text;
  set_encoder(draft, 0);
  dims.norm = Norm::layernorm_nobias;
  dims.gated_mlp = true;
  dims.final_norm = true;
  dims.embedding_norm_bias = false;
  dims.qkv_bias = dims.attention_out_bias = text.flag({"attention_bias"});
  dims.mlp_bias = text.flag({"mlp_bias"}) ? MlpBias::all : MlpBias::none;
  draft.norms.assign(draft.layers(), 2);
  // The first layer takes the embedding as its norm left it.
  if (!draft.norms.empty()) draft.norms.front() = 1;
}

void adjust_t5(HfDraft& draft) {
  auto& dims = draft.dims();
  const auto& text = draft.text;
  dims.kind = ModelKind::encoder_decoder;
  dims.gated_mlp =
      text.flag({"is_gated_act"}, text.text({"feed_forward_proj"}).substr(0, 5) == "gated");
  EncoderDecoder stacks;
  stacks.encoder_layers = draft.record.layers;
  stacks.decoder_layers = read_decoder_layers(draft, {"num_decoder_layers"});
  stacks.relative_buckets = text.needed_size({"relative_attention_num_buckets"});
  dims.encoder_decoder = stacks;
}

void adjust_bart(HfDraft& draft) {
  constexpr std::int64_t offset = 2;  // rows before the first position
  auto& dims = draft.dims();
  dims.kind = ModelKind::encoder_decoder;
  dims.norm = Norm::layernorm;
  dims.gated_mlp = false;
  dims.qkv_bias = dims.attention_out_bias = true;
  dims.mlp_bias = MlpBias::all;
  dims.position_embeddings =
      (Elements{draft.text.needed({"max_position_embeddings"})} + Elements{offset}).count();
  EncoderDecoder stacks;
  stacks.bart = true;
  stacks.encoder_layers = draft.record.layers;
  stacks.decoder_layers = read_decoder_layers(draft, {"decoder_layers"});
  dims.encoder_decoder = stacks;
}

}  // namespace llmfit::model
