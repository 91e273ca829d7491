// SPDX-License-Identifier: MIT
#include <array>

#include "model/hf_classes.hpp"

namespace llmfit::model {
namespace {

/// What BERT and its descendants have in common.
constexpr HfClass encoder(std::string_view model_type, std::string_view gguf,
                          void (*adjust)(HfDraft&)) {
  HfClass kind{.model_type = model_type};
  kind.gguf = gguf;
  kind.mixing = HfMixing::bidirectional;
  kind.norm = Norm::layernorm;
  kind.gated = false;
  kind.tied = true;
  kind.equal_heads = true;
  kind.biases = HfBiases::fixed;
  kind.qkv_bias = kind.out_bias = true;
  kind.mlp_bias = MlpBias::all;
  kind.adjust = adjust;
  return kind;
}

constexpr HfClass both_ways(std::string_view model_type, std::string_view gguf,
                            void (*adjust)(HfDraft&)) {
  HfClass kind{.model_type = model_type};
  kind.gguf = gguf;
  kind.tied = true;
  kind.equal_heads = true;
  kind.biases = HfBiases::fixed;
  kind.adjust = adjust;
  return kind;
}

constexpr auto classes = std::to_array<HfClass>({
    encoder("bert", "bert", adjust_bert),
    encoder("roberta", "bert", adjust_roberta),
    encoder("xlm-roberta", "bert", adjust_roberta),
    encoder("distilbert", "bert", adjust_distilbert),
    encoder("mpnet", {}, adjust_mpnet),
    encoder("nomic_bert", "nomic-bert", adjust_nomic),
    encoder("jina_bert_v2", "jina-bert-v2", adjust_jina),
    encoder("modernbert", "modern-bert", adjust_modernbert),
    both_ways("t5", "t5", adjust_t5),
    both_ways("bart", {}, adjust_bart),
});

}  // namespace

std::span<const HfClass> hf_encoder_classes() { return classes; }

}  // namespace llmfit::model
