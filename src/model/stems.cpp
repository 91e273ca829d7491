// SPDX-License-Identifier: MIT
#include "model/stems.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace llmfit::model {
namespace {

struct Entry {
  std::string_view stem;
  Role role;
};

// Tensor names of llama.cpp (src/llama-arch.cpp), sorted. What ends in "norm" needs no entry.
constexpr auto entries = std::to_array<Entry>({
    {"altup_correct_coef", Role::router},  // written in 32 bits, like a router
    {"altup_correct_scale", Role::auxiliary},
    {"altup_predict_coef", Role::router},
    {"altup_proj", Role::auxiliary},
    {"altup_router", Role::auxiliary},
    {"altup_unembd_proj", Role::auxiliary},
    {"attn_gate", Role::attn_gate},
    {"attn_k", Role::attn_k},
    {"attn_k_b", Role::mla_k_b},
    {"attn_kv_a_mqa", Role::mla_kv_a},
    {"attn_kv_b", Role::mla_kv_b},
    {"attn_o", Role::attn_output},
    {"attn_output", Role::attn_output},
    {"attn_q", Role::attn_q},
    {"attn_q_a", Role::mla_q_a},
    {"attn_q_b", Role::mla_q_b},
    {"attn_qkv", Role::attn_qkv},
    {"attn_rel_b", Role::auxiliary},
    {"attn_sinks", Role::attn_sinks},
    {"attn_v", Role::attn_v},
    {"attn_v_b", Role::mla_v_b},
    {"cross_attn_k", Role::attn_k},
    {"cross_attn_o", Role::attn_output},
    {"cross_attn_output", Role::attn_output},
    {"cross_attn_q", Role::attn_q},
    {"cross_attn_v", Role::attn_v},
    {"dec.position_embd", Role::position_embedding},
    {"enc.position_embd", Role::position_embedding},
    {"exp_probs_b", Role::router},
    {"ffn_down", Role::ffn_down},
    {"ffn_down_exps", Role::ffn_down_exps},
    {"ffn_down_shexp", Role::ffn_down_shexp},
    {"ffn_gate", Role::ffn_gate},
    {"ffn_gate_exps", Role::ffn_gate_exps},
    {"ffn_gate_inp", Role::router},
    {"ffn_gate_inp_shexp", Role::router},
    {"ffn_gate_shexp", Role::ffn_gate_shexp},
    {"ffn_gate_tid2eid", Role::router},  // whole numbers of 32 bits
    {"ffn_gate_up_exps", Role::ffn_gate_up_exps},
    {"ffn_norm_exps", Role::norm},
    {"ffn_up", Role::ffn_up},
    {"ffn_up_exps", Role::ffn_up_exps},
    {"ffn_up_shexp", Role::ffn_up_shexp},
    {"mlp.act_fn.alpha_p/alpha_n", Role::pooler},  // xIELU's factors, which are metadata in files
    {"output", Role::output},
    {"per_layer_model_proj", Role::auxiliary},
    {"per_layer_token_embd", Role::per_layer_embedding},
    {"pooler", Role::pooler},
    {"position_embd", Role::position_embedding},
    {"project_in", Role::embedding_projection},
    {"project_out", Role::embedding_projection},
    {"relative_attention_bias", Role::auxiliary},
    {"token_embd", Role::token_embedding},
    {"token_types", Role::token_types},
});

constexpr bool before(const Entry& entry, std::string_view stem) { return entry.stem < stem; }

constexpr bool sorted() {
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (!before(entries[i - 1], entries[i].stem)) return false;
  }
  return true;
}
static_assert(sorted(), "the stems are looked up by halving");

/// Families of stems, by how they begin.
constexpr auto beginnings = std::to_array<Entry>({
    {"channel_mix_", Role::recurrent},
    {"conv1d", Role::recurrent},
    {"indexer", Role::indexer},
    {"laurel", Role::auxiliary},
    {"linear_", Role::recurrent},
    {"nextn.", Role::draft},
    {"pooler", Role::pooler},
    {"rg_lru.", Role::recurrent},
    {"rope_", Role::rope_factors},
    {"shortconv.", Role::recurrent},
    {"ssm_", Role::recurrent},
    {"time_mix_", Role::recurrent},
});

struct Ending {
  std::string_view text;
  Suffix suffix;
};
constexpr auto endings = std::to_array<Ending>(
    {{".weight", Suffix::weight}, {".bias", Suffix::bias}, {".scale", Suffix::scale}});

bool is_norm(std::string_view stem) {
  return stem.ends_with("norm") || stem.ends_with("norm_1") || stem.ends_with("norm_2");
}

bool take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

/// "blk.17." at the beginning, taken off; -1 where it is not there.
int take_block(std::string_view& name) {
  auto rest = name;
  int block = -1;
  if (!take(rest, "blk.")) return -1;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), block);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (error != std::errc{} || block < 0 || !take(rest, ".")) return -1;
  name = rest;
  return block;
}

}  // namespace

Role role_of(std::string_view stem) {
  const auto* const found = std::lower_bound(entries.begin(), entries.end(), stem, before);
  if (found != entries.end() && found->stem == stem) return found->role;
  if (is_norm(stem)) return Role::norm;
  for (const auto& entry : beginnings) {
    if (stem.starts_with(entry.stem)) return entry.role;
  }
  return Role::other;
}

NameParts split_name(std::string_view name) {
  NameParts parts;
  const auto whole = name;
  parts.encoder = take(name, "enc.");
  parts.decoder = !parts.encoder && take(name, "dec.");
  parts.block = take_block(name);
  if (parts.block < 0) name = whole;  // a block says which stack it is in, its stem does not
  for (const auto& ending : endings) {
    if (!name.ends_with(ending.text)) continue;
    name.remove_suffix(ending.text.size());
    parts.suffix = ending.suffix;
    break;
  }
  parts.stem = name;
  return parts;
}

}  // namespace llmfit::model
