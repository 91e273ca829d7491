// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace llmfit::model {

/// What a GGUF file of one architecture does differently from most others. The dimensions say how
/// large a model's parts are; this says under which names and in how many pieces llama.cpp's
/// converter (conversion/*.py) writes them and its loader (src/models/*.cpp) expects them.
struct Habits {
  std::string_view architecture;  ///< GGUF architecture name
  /// Names of the norms over the hidden size, in the order in which models have more of them.
  std::span<const std::string_view> norms;
  std::uint32_t traits = 0;  ///< a sum of Trait
};

enum Trait : std::uint32_t {
  fused_qkv = 1U << 0,                 ///< queries, keys and values are one matrix
  fused_gate_up = 1U << 1,             ///< gate and up projection are one matrix, "ffn_up"
  fused_expert_gate_up = 1U << 2,      ///< the same of routed experts, "ffn_gate_up_exps"
  joined_kv_b = 1U << 3,               ///< the latent's up-projection is one matrix, not two
  qk_norm_by_head = 1U << 4,           ///< norms over all of q and k are a matrix with a row a head
  bias_in_router = 1U << 5,            ///< the router's bias adds to its logits, under its own name
  bare_router_bias = 1U << 6,          ///< "exp_probs_b" without ".bias"
  bare_ffn_norm = 1U << 7,             ///< "ffn_norm" without ".weight"
  output_norm_at_embedding = 1U << 8,  ///< the final norm is called "token_embd_norm"
  routed_latent_names = 1U << 9,       ///< "ffn_routed_*" instead of "ffn_latent_*"
  split_beta_alpha = 1U << 10,         ///< gated delta net: two matrices instead of "ssm_ba"
  flat_decay = 1U << 11,               ///< Kimi delta attention: "ssm_a" is a vector
  hash_table = 1U << 12,       ///< layers that route by token have a table instead of a router bias
  rope_freqs = 1U << 13,       ///< files hold precomputed rotary factors
  long_rope = 1U << 14,        ///< files hold two sets of rotary factors
  drops_tied_head = 1U << 15,  ///< a tied output matrix is left out though the checkpoint has it
  drafts = 1U << 16,           ///< files hold multi-token-prediction blocks
  dense_draft = 1U << 17,      ///< such a block has a dense feed-forward part, not experts
  sliding_draft = 1U << 18,    ///< such a block has sliding attention
  two_norm_draft = 1U << 19,   ///< such a block has two norms where layers have one
};

/// The habits of an architecture; those of a plain decoder where nothing else is known.
const Habits& habits_of(std::string_view architecture);

/// Whether models of an architecture write all at once and not token by token, so that no engine
/// keeps a cache for them (llama.cpp: create_memory in src/llama-model.cpp).
bool is_uncached(std::string_view architecture);

constexpr bool has(const Habits& habits, Trait trait) { return (habits.traits & trait) != 0; }

}  // namespace llmfit::model
