// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>

#include "model/hf_draft.hpp"

namespace llmfit::model {
namespace {

/// The words of `layer_types` (Hugging Face Transformers) and of its older forms.
struct Word {
  std::string_view word;
  char letter;  ///< '*': what the class calls full attention
};
constexpr auto words = std::to_array<Word>({
    {"full_attention", '*'},
    {"attention", '*'},
    {"global", '*'},
    {"hybrid", 'H'},
    {"sliding_attention", 'S'},
    {"local", 'S'},
    {"chunked_attention", 'C'},
    {"linear_attention", 'L'},
    {"conv", 'K'},
    {"mamba", 'M'},
    {"mamba2", 'M'},
    {"recurrent", 'G'},
    {"mlp", '-'},
    {"moe", '-'},
});

char attention_letter(HfMixing mixing) {
  const bool latent = mixing == HfMixing::latent || mixing == HfMixing::kimi_delta;
  return latent ? 'A' : 'F';
}

/// Sorts of layers that are alike throughout, whatever else the configuration says.
char only_letter(HfMixing mixing) {
  switch (mixing) {
    case HfMixing::bidirectional:
      return 'B';
    case HfMixing::mamba:
      return 'M';
    case HfMixing::parallel_mamba:
      return 'H';
    case HfMixing::rwkv4:
      return 'W';
    case HfMixing::rwkv7:
      return 'R';
    case HfMixing::compressed:
      return 'V';
    case HfMixing::latent:
    case HfMixing::latent_twice:
      return 'A';
    default:
      return 0;
  }
}

void from_words(HfDraft& draft, std::string_view key) {
  for (const auto word : draft.text.texts({key})) {
    const auto* const found = std::find_if(
        words.begin(), words.end(), [word](const Word& entry) { return entry.word == word; });
    if (found == words.end()) {
      return draft.text.fault(key, "layers of kind '" + std::string(word) + "' are not known",
                              ErrorCode::unsupported);
    }
    const char full = attention_letter(draft.kind.mixing);
    draft.layer_kinds.push_back(found->letter == '*' ? full : found->letter);
  }
  // Lists of several configurations go on with the multi-token-prediction layers.
  if (draft.layer_kinds.size() > draft.layers()) draft.layer_kinds.resize(draft.layers());
}

void fill(HfDraft& draft, char letter) { draft.layer_kinds.assign(draft.layers(), letter); }

/// `often` everywhere but in the last of every `period` layers.
void fill_periods(HfDraft& draft, char often, std::int32_t period) {
  fill(draft, often);
  if (period <= 0) return;
  for (auto i = static_cast<std::size_t>(period) - 1; i < draft.layers();
       i += static_cast<std::size_t>(period)) {
    draft.layer_kinds[i] = attention_letter(draft.kind.mixing);
  }
}

/// Sets the layers listed under `key`; `first` is the number of the first layer.
void set_listed(HfDraft& draft, HfFields::Keys keys, char letter, std::int32_t first = 0) {
  for (const auto layer : draft.text.sizes(keys)) {
    const auto at = static_cast<std::size_t>(layer - first);
    if (layer >= first && at < draft.layers()) draft.layer_kinds[at] = letter;
  }
}

void fill_window(HfDraft& draft) {
  const bool used = draft.text.flag({"use_sliding_window"}, true);
  fill(draft, draft.record.window > 0 && used ? 'S' : 'F');
}

void fill_late_window(HfDraft& draft) {
  fill(draft, 'F');
  if (draft.record.window == 0 || !draft.text.flag({"use_sliding_window"})) return;
  const auto first = draft.text.size({"max_window_layers"});
  for (auto i = static_cast<std::size_t>(first); i < draft.layers(); ++i) {
    draft.layer_kinds[i] = 'S';
  }
}

/// A number, or letters: L sliding, G full.
void fill_pattern(HfDraft& draft) {
  const auto letters = draft.text.text({"sliding_window_pattern"});
  if (draft.record.window == 0 && draft.kind.mixing == HfMixing::pattern) return fill(draft, 'F');
  if (letters.empty()) {
    const HfFields::Keys keys{"sliding_window_pattern", "_sliding_window_pattern",
                              "global_attn_every_n_layers"};
    const bool by_class = !draft.text.has(keys) && draft.kind.period > 0;
    return fill_periods(draft, 'S', by_class ? draft.kind.period : draft.text.needed_size(keys));
  }
  for (std::size_t i = 0; i < draft.layers(); ++i) {
    draft.layer_kinds.push_back(letters[i % letters.size()] == 'L' ? 'S' : 'F');
  }
}

/// [[["global", "local"], 12]]: words to be repeated.
void fill_local_global(HfDraft& draft) {
  if (draft.text.has({"attention_layers"})) return from_words(draft, "attention_layers");
  for (const auto& group : draft.text.value({"attention_types"}).items()) {
    const auto parts = group.items();
    const auto times = parts.size() == 2 ? parts[1].whole().value_or(0) : 0;
    for (std::int64_t i = 0; i < times && draft.layer_kinds.size() < draft.layers(); ++i) {
      for (const auto& word : parts[0].items()) {
        draft.layer_kinds.push_back(word.text() == "local" ? 'S' : 'F');
      }
    }
  }
}

/// 1 in the list is a layer with rotary embeddings, which sees one chunk (Llama 4).
void fill_chunked(HfDraft& draft) {
  const auto rotary = draft.text.sizes({"no_rope_layers"});
  if (rotary.size() != draft.layers()) {
    return fill_periods(draft, 'C', draft.text.size({"no_rope_layer_interval"}, 4));
  }
  for (const auto flag : rotary) draft.layer_kinds.push_back(flag != 0 ? 'C' : 'F');
}

void fill_periodic(HfDraft& draft) {
  const auto period = draft.text.needed_size({"attn_layer_period"});
  fill(draft, 'M');
  if (period <= 0) return;
  for (auto i = static_cast<std::size_t>(draft.text.size({"attn_layer_offset"}));
       i < draft.layers(); i += static_cast<std::size_t>(period)) {
    draft.layer_kinds[i] = 'F';
  }
}

/// M Mamba, * attention, - feed-forward, E experts: one thing a layer (Nemotron-H).
void fill_written(HfDraft& draft) {
  const auto letters = draft.text.text({"hybrid_override_pattern"});
  if (letters.empty()) return from_words(draft, "layers_block_type");
  for (const char letter : letters) {
    draft.layer_kinds.push_back(letter == '*' ? 'F' : letter == 'M' ? 'M' : '-');
    draft.ffn_kinds.push_back(letter == '-' ? 'D' : letter == 'E' ? 'E' : '-');
  }
}

void fill_griffin(HfDraft& draft) {
  const auto types = draft.text.texts({"block_types", "_block_types"});
  if (types.empty()) return draft.text.fault("block_types", "block_types is missing");
  for (std::size_t i = 0; i < draft.layers(); ++i) {
    draft.layer_kinds.push_back(types[i % types.size()] == "attention" ? 'S' : 'G');
  }
}

void fill_flags(HfDraft& draft, HfFields::Keys keys, char set, char otherwise) {
  for (const auto flag : draft.text.sizes(keys)) {
    draft.layer_kinds.push_back(flag != 0 ? set : otherwise);
  }
}

void fill_twice(HfDraft& draft) {
  draft.record.layers *= 2;
  fill(draft, 'A');
  for (std::size_t i = 0; i < draft.layers(); ++i)
    draft.ffn_kinds.push_back(i % 2 == 0 ? 'B' : 'D');
}

/// Width from a multiple: two thirds of it, up to the next 256 (DeciLM's configuration class).
std::int32_t searched_width(double multiple, std::int64_t hidden) {
  const auto plain = std::floor(2.0 * multiple * static_cast<double>(hidden) / 3.0);
  const auto wide = plain > 0 && plain < 1e9 ? static_cast<std::int64_t>(plain) : 0;
  return static_cast<std::int32_t>((wide + 255) / 256 * 256);
}

void add_searched(HfDraft& draft, const HfFields& block) {
  const auto attention = block.object({"attention"});
  const auto ffn = block.object({"ffn"});
  const bool none = attention.flag({"no_op"});
  const bool linear = attention.flag({"replace_with_linear"});
  const auto group = none || linear ? 0 : attention.needed_size({"n_heads_in_group"});
  draft.layer_kinds.push_back(linear ? 'l' : none ? '-' : 'F');
  draft.heads.push_back(group > 0 ? draft.record.heads : 0);
  draft.kv_heads.push_back(group > 0 ? draft.record.heads / group : 0);
  const bool no_ffn = ffn.flag({"no_op"});
  const bool linear_ffn = ffn.flag({"replace_with_linear"});
  draft.ffn_kinds.push_back(linear_ffn ? 'l' : no_ffn ? '-' : 'D');
  const auto multiple = ffn.number({"ffn_mult"});
  if (!multiple && !no_ffn && !linear_ffn) ffn.fault("ffn_mult", "ffn_mult is missing");
  draft.ffn_sizes.push_back(searched_width(multiple.value_or(0), draft.dims().hidden_size));
  draft.norms.push_back((none ? 0 : 1) + (no_ffn ? 0 : 1));
}

void fill_searched(HfDraft& draft) {
  for (const auto& block : draft.text.objects({"block_configs"})) add_searched(draft, block);
  for (const auto size : draft.ffn_sizes) {
    draft.record.ffn_size = std::max(draft.record.ffn_size, size);
  }
  for (const auto heads : draft.kv_heads) {
    if (heads > 0) draft.record.kv_heads = heads;
  }
}

void fill_by_class(HfDraft& draft) {
  switch (draft.kind.mixing) {
    case HfMixing::sliding:
      return fill_window(draft);
    case HfMixing::late_sliding:
      return fill_late_window(draft);
    case HfMixing::alternate:
      return fill_periods(draft, 'S', 2);
    case HfMixing::pattern:
      return fill_pattern(draft);
    case HfMixing::local_global:
      return fill_local_global(draft);
    case HfMixing::chunked:
      return fill_chunked(draft);
    case HfMixing::latent_twice:
      return fill_twice(draft);
    case HfMixing::periodic:
      return fill_periodic(draft);
    case HfMixing::indexed:
      fill(draft, 'M');
      return set_listed(draft, {"attn_layer_indices"}, 'F');
    case HfMixing::written:
      return fill_written(draft);
    case HfMixing::short_conv:
      fill(draft, 'K');
      return set_listed(draft, {"full_attn_idxs"}, 'F');
    case HfMixing::griffin:
      return fill_griffin(draft);
    case HfMixing::gated_delta:
      return fill_periods(draft, 'L', draft.text.needed_size({"full_attention_interval"}));
    case HfMixing::kimi_delta:
      fill(draft, 'L');
      return set_listed(draft, {"linear_attn_config/full_attn_layers"}, 'A', 1);
    case HfMixing::lightning:
      return fill_flags(draft, {"attn_type_list"}, 'F', 'L');
    case HfMixing::hybrid_list:
      return fill_flags(draft, {"hybrid_layer_pattern"}, 'S', 'F');
    case HfMixing::cross:
      fill(draft, 'F');
      return set_listed(draft, {"cross_attention_layers"}, 'X');
    case HfMixing::searched:
      return fill_searched(draft);
    default:
      return fill(draft, 'F');
  }
}

}  // namespace

void read_hf_mixing(HfDraft& draft) {
  draft.record.window =
      draft.text.size({"sliding_window", "window_size", "attention_window_size", "local_attention",
                       "sliding_window_size", "attention_chunk_size"});
  const char only = only_letter(draft.kind.mixing);
  if (draft.kind.mixing == HfMixing::latent_twice) {
    fill_twice(draft);
  } else if (only != 0) {
    fill(draft, only);
    // These have what others have in a feed-forward part in the layer itself, or nothing like it.
    if (only == 'M' || only == 'W' || only == 'R') draft.ffn_kinds.assign(draft.layers(), '-');
  } else if (draft.text.has({"layer_types"})) {
    from_words(draft, "layer_types");
  } else {
    fill_by_class(draft);
  }
  if (draft.layer_kinds.size() == draft.layers()) return;
  draft.text.fault({}, "the kinds of " + std::to_string(draft.layer_kinds.size()) +
                           " layers are given, of " + std::to_string(draft.layers()));
}

}  // namespace llmfit::model
