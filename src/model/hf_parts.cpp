// SPDX-License-Identifier: MIT
#include "model/hf_draft.hpp"

namespace llmfit::model {
namespace {

std::int32_t times(std::int32_t a, std::int32_t b) {
  const auto product = Elements{a} * b;
  return product.count() <= INT32_MAX ? static_cast<std::int32_t>(product.count()) : 0;
}

void read_latent(HfDraft& draft) {
  const auto& text = draft.text;
  auto& record = draft.record;
  Mla mla;
  mla.q_lora_rank = text.size({"q_lora_rank"});
  mla.kv_lora_rank = text.needed_size({"kv_lora_rank"});
  mla.qk_nope_head_dim = text.needed_size({"qk_nope_head_dim"});
  mla.qk_rope_head_dim = text.needed_size({"qk_rope_head_dim"});
  mla.v_head_dim = text.needed_size({"v_head_dim"});
  mla.output_gate = text.flag({"mla_use_output_gate"});
  mla.bias = draft.dims().qkv_bias;
  draft.dims().qkv_bias = draft.dims().attention_out_bias = false;
  const auto width = Elements{mla.qk_nope_head_dim} + Elements{mla.qk_rope_head_dim};
  record.head_dim = static_cast<std::int32_t>(width.count() & INT32_MAX);
  record.value_head_dim = mla.v_head_dim;
  draft.dims().mla = mla;
}

void read_indexer(HfDraft& draft) {
  const auto& text = draft.text;
  if (!text.has({"index_n_heads"})) return;
  draft.dims().indexer =
      Indexer{text.needed_size({"index_n_heads"}), text.needed_size({"index_head_dim"})};
  const auto types = text.texts({"indexer_types"});
  for (std::size_t i = 0; i < types.size() && i < draft.layers(); ++i) {
    if (types[i] == "full") draft.indexer_layers.push_back(static_cast<std::int32_t>(i));
  }
}

/// Widths that windowed layers have for themselves (MiMo).
void read_window_heads(HfDraft& draft) {
  const auto& text = draft.text;
  auto& record = draft.record;
  record.window_heads = text.size({"swa_num_attention_heads"});
  record.window_kv_heads = text.size({"swa_num_key_value_heads"});
  record.window_head_dim = text.size({"swa_head_dim"});
  record.window_value_head_dim = text.size({"swa_v_head_dim"});
}

void read_mamba_1(HfDraft& draft, Ssm& ssm) {
  const auto& text = draft.text;
  const auto hidden = static_cast<std::int32_t>(draft.dims().hidden_size);
  ssm.version = 1;
  ssm.d_inner = times(hidden, text.needed_size({"mamba_expand", "expand"}));
  // "auto", the default of the published classes, is a sixteenth of the hidden size.
  const HfFields::Keys rank{"mamba_dt_rank", "time_step_rank"};
  ssm.dt_rank = text.text(rank) == "auto" ? (hidden + 15) / 16 : text.needed_size(rank);
}

void read_mamba_2(HfDraft& draft, Ssm& ssm) {
  const auto& text = draft.text;
  ssm.version = 2;
  ssm.heads = text.needed_size({"mamba_n_heads", "mamba_num_heads", "num_heads"});
  const HfFields::Keys own{"mamba_d_ssm"};
  const HfFields::Keys width{"mamba_d_head", "mamba_head_dim", "head_dim"};
  ssm.d_inner = text.has(own) ? text.size(own) : times(ssm.heads, text.needed_size(width));
  ssm.n_groups = text.needed_size({"mamba_n_groups", "n_groups"});
}

void read_mamba(HfDraft& draft) {
  const auto& text = draft.text;
  Ssm ssm;
  const bool second = text.has({"mamba_n_heads", "mamba_num_heads", "num_heads"});
  if (second) {
    read_mamba_2(draft, ssm);
  } else {
    read_mamba_1(draft, ssm);
  }
  ssm.d_state = text.needed_size({"mamba_d_state", "ssm_state_size", "state_size"});
  ssm.d_conv = text.needed_size({"mamba_d_conv", "conv_kernel"});
  ssm.conv_bias = text.flag({"mamba_conv_bias", "use_conv_bias"}, true);
  ssm.proj_bias = text.flag({"mamba_proj_bias", "use_bias"});
  ssm.gated_norm = text.flag({"mamba_rms_norm"}, draft.kind.mixing != HfMixing::parallel_mamba);
  ssm.dt_b_c_norm = draft.kind.mixing == HfMixing::periodic;
  draft.dims().ssm = ssm;
}

void read_gated_delta(HfDraft& draft) {
  const auto& text = draft.text;
  LinearAttention linear;
  linear.key_heads = text.needed_size({"linear_num_key_heads"});
  linear.value_heads = text.needed_size({"linear_num_value_heads"});
  linear.key_head_dim = text.needed_size({"linear_key_head_dim"});
  linear.value_head_dim = text.needed_size({"linear_value_head_dim"});
  linear.conv_kernel = text.needed_size({"linear_conv_kernel_dim"});
  draft.dims().linear_attention = linear;
}

void read_kimi_delta(HfDraft& draft) {
  const auto own = draft.text.object({"linear_attn_config"});
  LinearAttention linear;
  linear.kind = LinearKind::kimi_delta;
  linear.key_heads = linear.value_heads = own.needed_size({"num_heads"});
  linear.key_head_dim = linear.value_head_dim = own.needed_size({"head_dim"});
  linear.conv_kernel = own.needed_size({"short_conv_kernel_size"});
  linear.full_rank_gate = own.flag({"use_full_rank_gate"});
  draft.dims().linear_attention = linear;
}

void set_lightning(HfDraft& draft) {
  LinearAttention linear;
  linear.kind = LinearKind::lightning;
  linear.key_heads = linear.value_heads = draft.record.heads;
  linear.key_head_dim = linear.value_head_dim = draft.record.head_dim;
  draft.dims().linear_attention = linear;
}

void read_linear(HfDraft& draft) {
  if (draft.kind.mixing == HfMixing::kimi_delta) return read_kimi_delta(draft);
  if (draft.kind.mixing == HfMixing::lightning) return set_lightning(draft);
  read_gated_delta(draft);
}

void read_griffin(HfDraft& draft) {
  const auto hidden = static_cast<std::int32_t>(draft.dims().hidden_size);
  draft.dims().rg_lru = RgLru{draft.text.size({"lru_width"}, hidden), draft.record.heads,
                              draft.text.needed_size({"conv1d_width"})};
}

void read_rwkv7(HfDraft& draft) {
  const auto& text = draft.text;
  draft.dims().rwkv =
      Rwkv{text.needed_size({"head_dim"}), text.needed_size({"decay_low_rank_dim"}),
           text.needed_size({"a_low_rank_dim"}), text.needed_size({"v_low_rank_dim"}),
           text.needed_size({"gate_low_rank_dim"})};
}

void read_compressed(HfDraft& draft) {
  const auto& text = draft.text;
  CompressedAttention own;
  own.q_lora_rank = text.needed_size({"q_lora_rank"});
  own.o_groups = text.needed_size({"o_groups"});
  own.o_lora_rank = text.needed_size({"o_lora_rank"});
  own.hc_mult = text.needed_size({"hc_mult"});
  own.index_heads = text.needed_size({"index_n_heads"});
  own.index_head_dim = text.needed_size({"index_head_dim"});
  draft.dims().compressed = own;
  draft.compress_ratios = text.sizes({"compress_ratios"});
  if (draft.compress_ratios.size() < draft.layers()) {
    return text.fault("compress_ratios", "one value a layer is expected");
  }
  // One more for each multi-token-prediction layer.
  draft.compress_ratios.resize(draft.layers());
}

}  // namespace

void read_hf_attention_parts(HfDraft& draft) {
  const auto& kinds = draft.layer_kinds;
  if (kinds.find('A') != kinds.npos) {
    read_latent(draft);
    read_indexer(draft);
  }
  if (kinds.find('S') != kinds.npos) read_window_heads(draft);
  if (kinds.find('V') != kinds.npos) read_compressed(draft);
}

void read_hf_recurrent_parts(HfDraft& draft) {
  const auto has = [&draft](const char* letters) {
    return draft.layer_kinds.find_first_of(letters) != std::string::npos;
  };
  if (has("MH")) read_mamba(draft);
  if (has("L")) read_linear(draft);
  if (has("K")) {
    draft.dims().short_conv = ShortConv{draft.text.needed_size({"conv_L_cache"})};
  }
  if (has("G")) read_griffin(draft);
  if (has("R")) read_rwkv7(draft);
}

}  // namespace llmfit::model
