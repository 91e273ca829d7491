// SPDX-License-Identifier: MIT
#include "model/hf_classes.hpp"

#include <algorithm>
#include <array>

namespace llmfit::model {
namespace {

/// Names of the same thing: of the part that a multimodal configuration nests, or of older files.
struct Alias {
  std::string_view model_type;
  std::string_view stands_for;
};
constexpr auto aliases = std::to_array<Alias>({
    {"Dream", "dream"},
    {"InternLM", "internlm"},
    {"RefinedWeb", "falcon"},
    {"RefinedWebModel", "falcon"},
    {"bailing_moe_v2", "bailing_moe"},
    {"exaone4_5_text", "exaone4"},
    {"ernie4_5_text", "ernie4_5"},
    {"gemma3", "gemma3_text"},
    {"gemma3n", "gemma3n_text"},
    {"glm4v_moe_text", "glm4v_moe"},
    {"granitemoeshared", "granitemoehybrid"},
    {"hunyuan", "hunyuan_v1_moe"},
    {"kimi_k3", "kimi_linear"},
    {"lfm2_vl", "lfm2"},
    {"llama4", "llama4_text"},
    {"minimax_m3_vl", "minimax_m3"},
    {"minimax_m3_text", "minimax_m3"},
    {"mllama_text_model", "mllama"},
    {"muse_glimmer_text", "muse_glimmer"},
    {"qwen2_5_vl_text", "qwen2_5_vl"},
    {"qwen2_vl_text", "qwen2_vl"},
    {"qwen3_5_moe", "qwen3_5_moe_text"},
    {"qwen3_vl", "qwen3_vl_text"},
    {"qwen3_vl_moe", "qwen3_vl_moe_text"},
    {"umt5", "t5"},
    {"mt5", "t5"},
});

const HfClass* find_in(std::span<const HfClass> classes, std::string_view model_type) {
  const auto found =
      std::find_if(classes.begin(), classes.end(),
                   [model_type](const HfClass& entry) { return entry.model_type == model_type; });
  return found == classes.end() ? nullptr : &*found;
}

}  // namespace

const HfClass* find_hf_class(std::string_view model_type) {
  for (const auto& alias : aliases) {
    if (alias.model_type == model_type) model_type = alias.stands_for;
  }
  for (const auto classes : {hf_dense_classes(), hf_layernorm_classes(), hf_expert_classes(),
                             hf_hybrid_classes(), hf_encoder_classes()}) {
    if (const auto* const found = find_in(classes, model_type)) return found;
  }
  return nullptr;
}

}  // namespace llmfit::model
