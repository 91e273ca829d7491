// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "model/hf_draft.hpp"

namespace llmfit::model {
namespace {

/// The first of a list, which some configurations give instead of a number.
std::int32_t first_size(const HfFields& text, HfFields::Keys keys) {
  const auto sizes = text.sizes(keys);
  return sizes.empty() ? 0 : sizes.front();
}

std::int32_t read_count(const HfFields& text) {
  const HfFields::Keys counts{"num_local_experts", "n_routed_experts", "num_experts",
                              "moe_num_experts", "ffn_config/moe_num_experts"};
  if (text.has({"num_experts_per_tok"}) && !text.has(counts)) {
    text.fault("num_local_experts", "num_local_experts is missing");
  }
  return first_size(text, counts);
}

void fill(HfDraft& draft, char letter) { draft.ffn_kinds.assign(draft.layers(), letter); }

/// Layers from `from` on of which every `step`-th has experts; the others are dense.
void fill_steps(HfDraft& draft, std::size_t from, std::int32_t step, std::size_t offset) {
  fill(draft, 'D');
  for (std::size_t i = from; i < draft.layers(); ++i) {
    if (step > 0 && i % static_cast<std::size_t>(step) == offset) draft.ffn_kinds[i] = 'E';
  }
}

/// One flag a layer.
bool fill_flags(HfDraft& draft) {
  const auto flags = draft.text.sizes({"moe_layer_freq", "is_moe_layer"});
  if (flags.size() < 2) return false;
  fill(draft, 'D');
  for (std::size_t i = 0; i < std::min(flags.size(), draft.layers()); ++i) {
    if (flags[i] != 0) draft.ffn_kinds[i] = 'E';
  }
  return true;
}

bool fill_words(HfDraft& draft) {
  const auto words = draft.text.texts({"mlp_layer_types"});
  if (words.empty()) return false;
  fill(draft, 'D');
  for (std::size_t i = 0; i < std::min(words.size(), draft.layers()); ++i) {
    if (words[i] == "sparse" || words[i] == "moe") draft.ffn_kinds[i] = 'E';
  }
  return true;
}

/// Numbers of the layers with experts, as an array or as "3,4,5".
bool fill_numbers(HfDraft& draft) {
  auto listed = draft.text.has({"moe_layers"}) ? draft.text.sizes({"moe_layers"})
                                               : std::vector<std::int32_t>{};
  if (const auto written = draft.text.text({"moe_layers_enum"}); !written.empty()) {
    for (const auto& part : base::split(written, ',')) {
      const auto number = base::parse_int(part).value_or(-1);
      if (number >= 0 && number < INT32_MAX) listed.push_back(static_cast<std::int32_t>(number));
    }
  }
  if (listed.empty()) return false;
  fill(draft, 'D');
  for (const auto layer : listed) {
    if (static_cast<std::size_t>(layer) < draft.layers()) {
      draft.ffn_kinds[static_cast<std::size_t>(layer)] = 'E';
    }
  }
  return true;
}

void fill_by_rule(HfDraft& draft) {
  const auto& text = draft.text;
  const auto dense = static_cast<std::size_t>(
      text.size({"first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"}));
  if (text.has({"decoder_sparse_step", "interleave_moe_layer_step"})) {
    const auto step = text.size({"decoder_sparse_step", "interleave_moe_layer_step"}, 1);
    return fill_steps(draft, dense, step, step > 0 ? static_cast<std::size_t>(step) - 1 : 0);
  }
  if (text.has({"expert_layer_period"})) {
    return fill_steps(draft, 0, text.size({"expert_layer_period"}),
                      static_cast<std::size_t>(text.size({"expert_layer_offset"})));
  }
  fill_steps(draft, dense, 1, 0);
  const auto end = text.count({"moe_layer_end_index"});
  for (std::size_t i = 0; end && i < draft.layers(); ++i) {
    if (static_cast<std::int64_t>(i) > *end) draft.ffn_kinds[i] = 'D';
  }
}

void fill_kinds(HfDraft& draft) {
  if (!draft.ffn_kinds.empty()) return;  // told together with the layers
  if (fill_flags(draft) || fill_words(draft) || fill_numbers(draft)) return;
  fill_by_rule(draft);
  for (const auto layer : draft.text.sizes({"mlp_only_layers"})) {
    if (static_cast<std::size_t>(layer) < draft.layers()) {
      draft.ffn_kinds[static_cast<std::size_t>(layer)] = 'D';
    }
  }
}

/// Width of all shared experts together.
std::int32_t shared_width(const HfFields& text, std::int32_t expert) {
  const HfFields::Keys whole{"shared_expert_intermediate_size", "share_expert_dim"};
  if (text.has(whole)) return text.size(whole);
  const auto count = first_size(text, {"n_shared_experts", "num_shared_experts",
                                       "num_shared_expert", "moe_num_shared_experts"});
  const HfFields::Keys each{"moe_shared_expert_intermediate_size", "shared_intermediate_size"};
  const bool own = text.has(each);
  // Granite gives the width alone.
  const auto width = own ? first_size(text, each) : expert;
  const auto experts = own && count == 0 ? 1 : count;
  const auto total = Elements{width} * experts;
  return total.count() <= INT32_MAX ? static_cast<std::int32_t>(total.count()) : 0;
}

bool has_router_bias(const HfDraft& draft) {
  const auto& text = draft.text;
  if (text.has({"topk_method"})) return text.text({"topk_method"}) == "noaux_tc";
  return text.flag({"use_expert_bias", "moe_router_enable_expert_bias", "use_routing_bias",
                    "use_moe_router_bias", "moe_use_aux_free", "use_router_bias"},
                   draft.kind.router_bias);
}

Experts read_all(const HfDraft& draft, std::int32_t count) {
  const auto& text = draft.text;
  Experts experts;
  experts.count = count;
  experts.active =
      first_size(text, {"num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k",
                        "moe_k", "top_k_experts", "ffn_config/moe_top_k", "num_experts_per_topk"});
  const HfFields::Keys own{"moe_intermediate_size", "expert_ffn_hidden_size",
                           "expert_intermediate_size", "expert_hidden_dim",
                           "ffn_config/ffn_hidden_size"};
  const HfFields::Keys shared_with_dense{"intermediate_size"};
  experts.ffn_size = text.has(own) ? first_size(text, own) : text.needed_size(shared_with_dense);
  experts.shared_ffn_size = shared_width(text, experts.ffn_size);
  experts.zero_experts = text.size({"zero_expert_num"});
  experts.latent_size = text.size({"moe_latent_size", "routed_expert_hidden_size"});
  experts.latent_norm = text.flag({"latent_moe_use_norm"});
  experts.hash_layers = text.size({"num_hash_layers"});
  experts.gated = draft.kind.gated;
  experts.router_bias = has_router_bias(draft);
  if (experts.active == 0) text.fault("num_experts_per_tok", "num_experts_per_tok is missing");
  return experts;
}

}  // namespace

void read_hf_experts(HfDraft& draft) {
  const auto count = read_count(draft.text);
  if (count > 0) {
    draft.dims().experts = read_all(draft, count);
    fill_kinds(draft);
  } else if (draft.ffn_kinds.empty()) {
    fill(draft, 'D');
  }
  const bool dense = draft.ffn_kinds.find_first_of("DB") != std::string::npos;
  if (dense && draft.record.ffn_size == 0) {
    draft.text.fault("intermediate_size", "intermediate_size is missing");
  }
  if (draft.ffn_kinds.size() != draft.layers()) {
    draft.text.fault({}, "the feed-forward parts of " + std::to_string(draft.ffn_kinds.size()) +
                             " layers are given, of " + std::to_string(draft.layers()));
  }
}

}  // namespace llmfit::model
