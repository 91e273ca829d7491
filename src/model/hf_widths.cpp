// SPDX-License-Identifier: MIT
#include "model/hf_draft.hpp"

namespace llmfit::model {
namespace {

/// More layers than any model has; beyond it a file only wants memory.
constexpr std::int32_t layer_limit = 4096;
constexpr std::int32_t mtp_limit = 64;

void read_layers(HfDraft& draft) {
  auto& record = draft.record;
  record.layers = draft.text.needed_size(
      {"num_hidden_layers", "n_layer", "n_layers", "num_layers", "encoder_layers"});
  if (record.layers > layer_limit) {
    draft.text.fault({}, "more than 4,096 layers");
    record.layers = 0;
  }
}

/// How many heads make up the rows of a projection that lies beside the configuration.
std::int32_t heads_in(std::int64_t rows, std::int64_t width) {
  return width > 0 && rows / width <= layer_limit ? static_cast<std::int32_t>(rows / width) : 0;
}

std::int32_t read_query_heads(const HfDraft& draft) {
  const HfFields::Keys keys{"num_attention_heads", "n_head", "n_heads", "num_heads",
                            "encoder_attention_heads"};
  const auto told = heads_in(draft.hints.query_rows, draft.hints.head_dim);
  return told > 0 && !draft.text.has(keys) ? told : draft.text.needed_size(keys);
}

std::int32_t read_kv_heads(const HfDraft& draft) {
  const auto& text = draft.text;
  const HfFields::Keys keys{"num_key_value_heads", "num_kv_heads", "attn_config/kv_n_heads",
                            "num_attention_groups"};
  if (!text.has(keys) && draft.kind.equal_heads) return draft.record.heads;
  const auto told = heads_in(draft.hints.key_rows, draft.hints.head_dim);
  if (!text.has(keys) && told > 0) return told;
  return text.needed_size(keys);
}

void read_head_dim(HfDraft& draft) {
  auto& record = draft.record;
  const HfFields::Keys keys{"head_dim", "kv_channels", "attention_head_dim", "d_kv"};
  const auto hidden = record.dims.hidden_size;
  const auto told = draft.hints.head_dim;
  if (!draft.text.has(keys) && told > 0 && told <= INT32_MAX) {
    record.head_dim = static_cast<std::int32_t>(told);
  } else if (draft.text.has(keys) || draft.kind.own_head_dim) {
    record.head_dim = draft.text.needed_size(keys);
  } else if (record.heads > 0 && hidden % record.heads == 0) {
    record.head_dim = static_cast<std::int32_t>(hidden / record.heads);
  } else if (record.heads > 0) {
    draft.text.fault("head_dim", "head_dim is missing, and hidden_size does not divide by heads");
  }
  record.value_head_dim = draft.text.size({"v_head_dim"}, record.head_dim);
}

bool has_heads(HfMixing mixing) {
  return mixing != HfMixing::mamba && mixing != HfMixing::rwkv4 && mixing != HfMixing::rwkv7;
}

void read_heads(HfDraft& draft) {
  auto& record = draft.record;
  if (!has_heads(draft.kind.mixing)) return;
  record.heads = read_query_heads(draft);
  // Latent attention and searched architectures have their own way to say it.
  const bool latent = draft.text.has({"kv_lora_rank"});
  const bool searched = draft.kind.mixing == HfMixing::searched;
  record.kv_heads = latent || searched ? record.heads : read_kv_heads(draft);
  if (!latent) read_head_dim(draft);
}

void read_ffn_size(HfDraft& draft) {
  auto& record = draft.record;
  const HfFields::Keys keys{"dense_intermediate_size",
                            "intermediate_size_mlp",
                            "intermediate_size",
                            "ffn_hidden_size",
                            "ff_intermediate_size",
                            "ffn_dim",
                            "n_inner",
                            "d_ff",
                            "block_ff_dim",
                            "hidden_dim",
                            "encoder_ffn_dim",
                            "ffn_config/ffn_hidden_size"};
  if (draft.kind.ffn_factor > 0 && !draft.text.has(keys)) {
    const auto wide = Elements{record.dims.hidden_size} * draft.kind.ffn_factor;
    record.ffn_size = wide.count() < INT32_MAX ? static_cast<std::int32_t>(wide.count()) : 0;
    return;
  }
  record.ffn_size = draft.text.size(keys);
}

std::int64_t read_vocabulary(const HfDraft& draft) {
  const HfFields::Keys keys{"padded_vocab_size", "vocab_size"};
  if (draft.text.has(keys)) return draft.text.needed(keys);
  if (draft.outer.has(keys)) return draft.outer.needed(keys);
  const auto told = draft.hints.vocab_size;
  return told > 0 ? told : draft.text.needed({"vocab_size"});
}

/// Also kept outside of a nested configuration.
bool read_tied(const HfDraft& draft) {
  const HfFields::Keys keys{"tie_word_embeddings", "tie_embeddings"};
  if (draft.text.has(keys)) return draft.text.flag(keys);
  return draft.outer.flag(keys, draft.kind.tied);
}

std::int32_t read_mtp_layers(const HfDraft& draft) {
  const HfFields::Keys keys{"num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_modules",
                            "num_mtp_layers", "_num_mtp_layers"};
  const auto layers = draft.text.size(keys);
  if (layers > mtp_limit) draft.text.fault({}, "more than 64 multi-token-prediction layers");
  return layers > mtp_limit ? 0 : layers;
}

}  // namespace

void read_hf_widths(HfDraft& draft) {
  auto& dims = draft.dims();
  const auto& text = draft.text;
  dims.hidden_size = text.needed_size({"hidden_size", "n_embd", "d_model", "n_embed", "dim"});
  dims.vocab_size = read_vocabulary(draft);
  dims.embedding_size = text.size({"word_embed_proj_dim", "embedding_size"},
                                  static_cast<std::int32_t>(dims.hidden_size));
  dims.tied_embeddings = read_tied(draft);
  dims.norm = draft.kind.norm;
  dims.norms_per_layer = draft.kind.norms;
  dims.gated_mlp = draft.kind.gated;
  dims.mtp_layers = read_mtp_layers(draft);
  const auto& key = draft.kind.qk_norm_key;
  if (key.empty() || text.flag({key})) dims.qk_norm = draft.kind.qk_norm;
  read_layers(draft);
  read_heads(draft);
  read_ffn_size(draft);
}

void read_hf_biases(HfDraft& draft) {
  auto& dims = draft.dims();
  const auto& text = draft.text;
  const auto& kind = draft.kind;
  dims.qkv_bias = kind.qkv_bias;
  dims.attention_out_bias = kind.out_bias;
  dims.mlp_bias = kind.mlp_bias;
  if (kind.biases == HfBiases::fixed) return;
  if (kind.biases == HfBiases::everywhere) {
    const bool all = text.flag({"use_bias", "bias"}, kind.qkv_bias);
    dims.qkv_bias = dims.attention_out_bias = all;
    dims.mlp_bias = all ? MlpBias::all : MlpBias::none;
    return;
  }
  const HfFields::Keys keys{"attention_bias", "use_qkv_bias", "add_qkv_bias", "qkv_bias"};
  dims.qkv_bias = text.flag(keys, kind.qkv_bias);
  if (kind.biases == HfBiases::attention) {
    dims.attention_out_bias = text.flag({"attention_out_bias", "attention_bias"}, kind.out_bias);
  }
  if (text.has({"mlp_bias"}))
    dims.mlp_bias = text.flag({"mlp_bias"}) ? MlpBias::all : MlpBias::none;
}

}  // namespace llmfit::model
