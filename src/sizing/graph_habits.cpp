// SPDX-License-Identifier: MIT
#include "sizing/graph_habits.hpp"

#include <algorithm>
#include <array>

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr auto sequential = Residual::sequential;

constexpr GraphHabits plain{};

// Sorted by name. All but the assumed ones were compared with the engine's own graphs; one that is
// not here is taken to be plain.
constexpr auto table = std::to_array<GraphHabits>({
    {"afmoe", sequential, gate_beside},
    {"arcee"},
    {"baichuan"},
    {"bailingmoe", sequential, raw_weights},
    {"bailingmoe2"},
    {"bert", sequential, no_rope},
    {"bloom", sequential, no_rope | norms_embedding},
    {"chatglm"},
    {"cohere2", Residual::into_ffn_late, rope_windowed_only},
    {"command-r", Residual::into_ffn_late},
    {"dbrx", sequential, clamped_qkv},
    {"deci"},
    {"deepseek", sequential, raw_weights},
    {"deepseek2", sequential, scaled_weights},
    {"dots1"},
    {"ernie4_5"},
    {"ernie4_5-moe"},
    {"exaone"},
    {"exaone4"},
    {"falcon", Residual::into_ffn},
    {"falcon-h1"},
    {"gemma"},
    {"gemma-embedding"},
    {"gemma2"},
    {"gemma3"},
    {"gemma3n", sequential, several_streams | picks_at_end},
    {"glm4"},
    {"glm4moe"},
    {"gpt-oss", sequential, late_softmax | picks_at_end},
    {"gpt2", sequential, no_rope},
    {"gptneox", Residual::two_norms},
    {"granite"},
    {"granitehybrid", sequential, no_rope | embeds_first},
    {"granitemoe"},
    {"hunyuan-dense"},
    {"hunyuan-moe"},
    {"internlm2"},
    {"jais", sequential, no_rope | assumed},
    {"jamba", sequential, no_rope | attention_joins | ffn_joins | raw_weights},
    {"lfm2", sequential, attention_joins | ffn_joins},
    {"lfm2moe", sequential, attention_joins | ffn_joins},
    {"llama"},
    {"llama4", sequential, rope_before_norm | weights_before | scales_queries | rope_windowed_only},
    {"maincoder"},
    {"mamba"},
    {"mamba2"},
    {"minicpm"},
    {"minimax-m2"},
    {"mistral3"},
    {"mpt", sequential, no_rope},
    {"nemotron_h", sequential, no_rope | picks_after_norm},
    {"nemotron_h_moe", sequential, no_rope | picks_after_norm | assumed},
    {"nomic-bert"},
    {"olmo"},
    {"olmo2"},
    {"olmoe", sequential, raw_weights},
    {"openelm"},
    {"orion"},
    {"phi2", Residual::into_attention},
    {"phi3", sequential, ffn_joins},
    {"phimoe", sequential, ffn_joins},
    {"qwen2"},
    {"qwen2moe", sequential, raw_weights},
    {"qwen2vl", sequential, four_positions},
    {"qwen3"},
    {"qwen35", sequential, picks_after_norm | gate_in_queries | four_positions},
    {"qwen35moe", sequential, picks_after_norm | gate_in_queries | four_positions},
    {"qwen3moe"},
    {"qwen3next", sequential, picks_after_norm | gate_in_queries},
    {"qwen3vl", sequential, four_positions},
    {"qwen3vlmoe", sequential, four_positions},
    {"refact", sequential, no_rope},
    {"rwkv7", sequential, no_rope | norms_embedding},
    {"seed_oss"},
    {"smollm3", sequential, fourth_unrotated},
    {"stablelm"},
    {"starcoder", sequential, no_rope | assumed},
    {"starcoder2"},
    {"t5", sequential, no_rope},
    {"xverse"},
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
