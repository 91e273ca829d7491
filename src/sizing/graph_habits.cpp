// SPDX-License-Identifier: MIT
#include "sizing/graph_habits.hpp"

#include <algorithm>
#include <array>

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr auto sequential = Residual::sequential;

constexpr GraphHabits plain{};

// Sorted by name; an architecture that is not here is plain.
constexpr auto table = std::to_array<GraphHabits>({
    {"bailingmoe", sequential, raw_weights},
    {"bert", sequential, no_rope},
    {"bloom", sequential, no_rope | norms_embedding},
    {"cohere2", Residual::into_ffn_late, rope_windowed_only},
    {"command-r", Residual::into_ffn_late},
    {"dbrx", sequential, clamped_qkv},
    {"deepseek", sequential, raw_weights},
    {"deepseek2", sequential, scaled_weights},
    {"falcon", Residual::into_ffn},
    {"gemma3n", sequential, several_streams | picks_at_end},
    {"gpt-oss", sequential, late_softmax | picks_at_end},
    {"gpt2", sequential, no_rope},
    {"gptneox", Residual::two_norms},
    {"granitehybrid", sequential, no_rope | embeds_first},
    {"jais", sequential, no_rope},
    {"jamba", sequential, no_rope | attention_joins | ffn_joins | raw_weights},
    {"lfm2", sequential, attention_joins | ffn_joins},
    {"lfm2moe", sequential, attention_joins | ffn_joins},
    {"llama4", sequential, rope_before_norm | weights_before | scales_queries | rope_windowed_only},
    {"minimax-m2", sequential, norm_of_rows},
    {"mpt", sequential, no_rope},
    {"nemotron_h", sequential, no_rope | picks_after_norm},
    {"nemotron_h_moe", sequential, no_rope | picks_after_norm},
    {"olmo2", sequential, norm_of_rows},
    {"olmoe", sequential, norm_of_rows | raw_weights},
    {"phi2", Residual::into_attention},
    {"phi3", sequential, ffn_joins},
    {"qwen2moe", sequential, raw_weights},
    {"qwen3next", sequential, picks_after_norm | gate_in_queries},
    {"refact", sequential, no_rope},
    {"rwkv7", sequential, no_rope | norms_embedding},
    {"smollm3", sequential, fourth_unrotated},
    {"starcoder", sequential, no_rope},
    {"t5", sequential, no_rope},
});

constexpr bool before(const GraphHabits& habits, std::string_view name) {
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

const GraphHabits& graph_habits_of(std::string_view architecture) {
  const auto* const found = std::lower_bound(table.begin(), table.end(), architecture, before);
  return found != table.end() && found->architecture == architecture ? *found : plain;
}

}  // namespace llmfit::sizing::llama_cpp
