// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "model/hf_draft.hpp"

namespace llmfit::model {

// What the classes of Hugging Face Transformers (and of models that bring their own code) have by
// design, as its modelling code builds them; the catalog's entries of a model_type agree with it.
std::span<const HfClass> hf_dense_classes();
std::span<const HfClass> hf_layernorm_classes();  ///< norms with a bias
std::span<const HfClass> hf_expert_classes();
std::span<const HfClass> hf_hybrid_classes();
std::span<const HfClass> hf_encoder_classes();

// What is left of a class after the keys that all of them share.
void adjust_internlm(HfDraft& draft);
void adjust_falcon(HfDraft& draft);
void adjust_bigcode(HfDraft& draft);
void adjust_mpt(HfDraft& draft);
void adjust_gpt2(HfDraft& draft);
void adjust_gptj(HfDraft& draft);
void adjust_bloom(HfDraft& draft);
void adjust_opt(HfDraft& draft);
void adjust_phi(HfDraft& draft);
void adjust_phi3(HfDraft& draft);
void adjust_qwen1(HfDraft& draft);
void adjust_chatglm(HfDraft& draft);
void adjust_stablelm(HfDraft& draft);
void adjust_apertus(HfDraft& draft);
void adjust_bitnet(HfDraft& draft);
void adjust_mllama(HfDraft& draft);
void adjust_output_gate(HfDraft& draft);
void adjust_dream(HfDraft& draft);

void adjust_gemma3(HfDraft& draft);
void adjust_gemma3n(HfDraft& draft);
void adjust_gemma4(HfDraft& draft);

void adjust_gpt_oss(HfDraft& draft);
void adjust_shared_gate(HfDraft& draft);
void adjust_gated_query(HfDraft& draft);
void adjust_llama4(HfDraft& draft);
void adjust_arctic(HfDraft& draft);
void adjust_bailing(HfDraft& draft);
void adjust_mimo2(HfDraft& draft);
void adjust_minimax3(HfDraft& draft);
void adjust_step(HfDraft& draft);
void adjust_deepseek4(HfDraft& draft);
void adjust_phimoe(HfDraft& draft);
void adjust_kimi(HfDraft& draft);

void adjust_granite_hybrid(HfDraft& draft);
void adjust_nemotron_h(HfDraft& draft);
void adjust_lfm2(HfDraft& draft);
void adjust_griffin(HfDraft& draft);

void adjust_bert(HfDraft& draft);
void adjust_roberta(HfDraft& draft);
void adjust_distilbert(HfDraft& draft);
void adjust_mpnet(HfDraft& draft);
void adjust_nomic(HfDraft& draft);
void adjust_jina(HfDraft& draft);
void adjust_modernbert(HfDraft& draft);
void adjust_t5(HfDraft& draft);
void adjust_bart(HfDraft& draft);

}  // namespace llmfit::model
