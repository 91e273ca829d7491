// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "llmfit/catalog.hpp"

namespace llmfit::catalog {

/// An enumerator, the word that stands for it in catalog files, and its name in C++.
template <class Enum>
struct Word {
  Enum value;
  std::string_view word;
  std::string_view identifier;
};

inline constexpr std::array<Word<Engine>, 6> engine_words = {{
    {Engine::llama_cpp, "llama.cpp", "Engine::llama_cpp"},
    {Engine::vllm, "vllm", "Engine::vllm"},
    {Engine::transformers, "transformers", "Engine::transformers"},
    {Engine::mlx, "mlx", "Engine::mlx"},
    {Engine::exllama, "exllama", "Engine::exllama"},
    {Engine::params, "params", "Engine::params"},
}};

inline constexpr std::array<Word<QualityMetric>, 3> quality_metric_words = {{
    {QualityMetric::perplexity_increase, "perplexity_increase_percent",
     "QualityMetric::perplexity_increase"},
    {QualityMetric::score_loss, "score_loss_percent", "QualityMetric::score_loss"},
    {QualityMetric::kl_divergence, "kl_divergence", "QualityMetric::kl_divergence"},
}};

inline constexpr std::array<Word<OfferStatus>, 3> offer_status_words = {{
    {OfferStatus::listed, "listed", "OfferStatus::listed"},
    {OfferStatus::retired, "retired", "OfferStatus::retired"},
    {OfferStatus::superseded, "superseded", "OfferStatus::superseded"},
}};

inline constexpr std::array<Word<LinkType>, 5> link_type_words = {{
    {LinkType::pcie, "pcie", "LinkType::pcie"},
    {LinkType::nvlink, "nvlink", "LinkType::nvlink"},
    {LinkType::nvlink_bridge, "nvlink-bridge", "LinkType::nvlink_bridge"},
    {LinkType::xgmi, "xgmi", "LinkType::xgmi"},
    {LinkType::ethernet, "ethernet-roce", "LinkType::ethernet"},
}};

inline constexpr std::array<Word<ModelKind>, 3> model_kind_words = {{
    {ModelKind::decoder, "decoder", "ModelKind::decoder"},
    {ModelKind::encoder, "encoder", "ModelKind::encoder"},
    {ModelKind::encoder_decoder, "encoder-decoder", "ModelKind::encoder_decoder"},
}};

inline constexpr std::array<Word<MlpBias>, 3> mlp_bias_words = {{
    {MlpBias::none, "none", "MlpBias::none"},
    {MlpBias::all, "all", "MlpBias::all"},
    {MlpBias::down, "down", "MlpBias::down"},
}};

inline constexpr std::array<Word<QkNorm>, 4> qk_norm_words = {{
    {QkNorm::none, "none", "QkNorm::none"},
    {QkNorm::per_head, "per_head", "QkNorm::per_head"},
    {QkNorm::per_head_layernorm, "per_head_layernorm", "QkNorm::per_head_layernorm"},
    {QkNorm::full, "full", "QkNorm::full"},
}};

inline constexpr std::array<Word<Norm>, 4> norm_words = {{
    {Norm::rmsnorm, "rmsnorm", "Norm::rmsnorm"},
    {Norm::layernorm, "layernorm", "Norm::layernorm"},
    {Norm::layernorm_nobias, "layernorm_nobias", "Norm::layernorm_nobias"},
    {Norm::none, "none", "Norm::none"},
}};

/// In files the key is absent where there is no gate.
inline constexpr std::array<Word<OutputGate>, 4> output_gate_words = {{
    {OutputGate::none, "", "OutputGate::none"},
    {OutputGate::in_q, "in_q", "OutputGate::in_q"},
    {OutputGate::separate, "separate", "OutputGate::separate"},
    {OutputGate::per_head, "per_head", "OutputGate::per_head"},
}};

inline constexpr std::array<Word<LinearKind>, 3> linear_kind_words = {{
    {LinearKind::gated_delta, "gdn", "LinearKind::gated_delta"},
    {LinearKind::kimi_delta, "kda", "LinearKind::kimi_delta"},
    {LinearKind::lightning, "lightning", "LinearKind::lightning"},
}};

/// The enumerator of `word`, `otherwise` where none has it.
template <class Enum, std::size_t Count>
Enum value_of(const std::array<Word<Enum>, Count>& words, std::string_view word, Enum otherwise) {
  for (const auto& entry : words) {
    if (entry.word == word) return entry.value;
  }
  return otherwise;
}

template <class Enum, std::size_t Count>
const Word<Enum>& word_of(const std::array<Word<Enum>, Count>& words, Enum value) {
  for (const auto& entry : words) {
    if (entry.value == value) return entry;
  }
  return words.front();
}

}  // namespace llmfit::catalog
