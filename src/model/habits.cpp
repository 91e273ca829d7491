// SPDX-License-Identifier: MIT
#include "model/habits.hpp"

#include <algorithm>
#include <array>

namespace llmfit::model {
namespace {

using Names = std::string_view;

constexpr std::array<Names, 7> usual = {"attn_norm",      "ffn_norm",       "post_attention_norm",
                                        "post_ffw_norm",  "pre_ffw_norm_2", "post_ffw_norm_1",
                                        "post_ffw_norm_2"};
constexpr std::array<Names, 2> after_only = {"post_attention_norm", "post_ffw_norm"};
constexpr std::array<Names, 2> before_both = {"attn_norm", "post_attention_norm"};
constexpr std::array<Names, 2> encoder = {"attn_output_norm", "layer_output_norm"};
constexpr std::array<Names, 2> numbered = {"attn_norm", "attn_norm_2"};
constexpr std::array<Names, 2> around_attention = {"attn_norm", "attn_output_norm"};
constexpr std::array<Names, 3> beside_experts = {"attn_norm", "ffn_norm", "ffn_norm_exps"};
constexpr std::array<Names, 4> around_both = {"attn_norm", "attn_output_norm", "ffn_norm",
                                              "layer_output_norm"};

constexpr Habits plain{{}, usual, 0};

// Sorted by name; an architecture that is not here is plain.
constexpr auto table = std::to_array<Habits>({
    {"arctic", beside_experts},
    {"bailingmoe2", usual, fused_qkv | drafts},
    {"bert", encoder},
    {"bloom", usual, fused_qkv},
    {"chameleon", usual, qk_norm_by_head},
    {"chatglm", usual, fused_qkv | fused_gate_up},
    {"codeshell", usual, fused_qkv},
    {"command-r", usual, qk_norm_by_head},
    {"dbrx", around_attention, fused_qkv},
    {"deepseek", usual, drops_tied_head},
    {"deepseek2", usual, drops_tied_head},
    {"deepseek32", usual, drops_tied_head},
    {"deepseek4", usual, hash_table},
    {"exaone", usual, rope_freqs},
    {"exaone-moe", usual, drafts | dense_draft},
    {"exaone4", after_only, rope_freqs | drafts},
    {"falcon", numbered, fused_qkv},
    {"falcon-h1", usual, bare_ffn_norm},
    {"gemma", usual, drops_tied_head},
    {"gemma-embedding", usual, drops_tied_head},
    {"gemma2", usual, drops_tied_head},
    {"gemma3", usual, drops_tied_head},
    {"gemma3n", usual, drops_tied_head},
    {"gemma4", usual, drops_tied_head | rope_freqs | fused_expert_gate_up},
    {"glm-dsa", usual, drafts},
    {"glm4", usual, fused_gate_up},
    {"glm4moe", before_both, drafts},
    {"gpt-oss", before_both, bias_in_router},
    {"gpt2", usual, fused_qkv},
    {"gptneox", usual, fused_qkv},
    {"grok", around_both},
    {"hunyuan-dense", usual, drops_tied_head},
    {"hunyuan-moe", usual, drops_tied_head},
    {"hy_v3", usual, bare_router_bias | drafts},
    {"jais", usual, fused_qkv},
    {"jina-bert-v2", encoder},
    {"jina-bert-v3", encoder},
    {"kimi-k3", usual, routed_latent_names | flat_decay},
    {"lfm2", usual, output_norm_at_embedding},
    {"lfm2moe", usual, output_norm_at_embedding},
    {"mimo2", usual, drafts | dense_draft | sliding_draft},
    {"minicpm3", usual, joined_kv_b | long_rope},
    {"mistral3", usual, drops_tied_head},
    {"modern-bert", usual, fused_qkv | fused_gate_up},
    {"mpt", usual, fused_qkv},
    {"nemotron_h_moe", usual, drafts | two_norm_draft},
    {"neo-bert", usual, fused_qkv | fused_gate_up},
    {"nomic-bert", encoder, fused_qkv},
    {"nomic-bert-moe", encoder, fused_qkv},
    {"olmo2", after_only},
    {"openelm", usual, fused_qkv},
    {"pangu-embedded", usual, drops_tied_head},
    {"phi2", usual, fused_qkv},
    {"phi3", usual, fused_qkv | fused_gate_up},
    {"plamo2", usual, fused_qkv | fused_gate_up},
    {"plamo3", usual, fused_qkv | fused_gate_up},
    {"plm", usual, joined_kv_b},
    {"qwen", usual, fused_qkv},
    {"qwen35", before_both, split_beta_alpha | drafts},
    {"qwen35moe", before_both, split_beta_alpha | drafts},
    {"qwen3next", before_both},
    {"rwkv6", numbered},
    {"rwkv7", numbered},
    {"seed_oss", before_both},
    {"stablelm", usual, qk_norm_by_head},
    {"starcoder", usual, fused_qkv},
    {"step35", usual, rope_freqs},
});

constexpr bool before(const Habits& habits, std::string_view name) {
  return habits.architecture < name;
}

constexpr bool sorted() {
  for (std::size_t i = 1; i < table.size(); ++i) {
    if (!before(table[i - 1], table[i].architecture)) return false;
  }
  return true;
}
static_assert(sorted(), "the habits are looked up by halving");

}  // namespace

bool is_uncached(std::string_view architecture) {
  constexpr auto diffusion =
      std::to_array<std::string_view>({"dream", "llada", "llada-moe", "rnd1"});
  return std::find(diffusion.begin(), diffusion.end(), architecture) != diffusion.end();
}

const Habits& habits_of(std::string_view architecture) {
  const auto* const found = std::lower_bound(table.begin(), table.end(), architecture, before);
  return found != table.end() && found->architecture == architecture ? *found : plain;
}

}  // namespace llmfit::model
