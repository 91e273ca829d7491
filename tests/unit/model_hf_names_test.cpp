// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "model/hf_names.hpp"

using namespace llmfit;
using model::HfName;
using Part = model::HfName::Part;

TEST_CASE("names of checkpoints tell what the tensors are", "[hf]") {
  struct Case {
    std::string_view name;
    Part part;
    int layer;
    std::string_view stem;
    Suffix suffix;
    int expert;
  };
  const Case cases[] = {
      {"model.embed_tokens.weight", Part::weights, -1, "token_embd", Suffix::weight, -1},
      {"lm_head.weight", Part::weights, -1, "output", Suffix::weight, -1},
      {"model.layers.17.self_attn.q_proj.bias", Part::weights, 17, "attn_q", Suffix::bias, -1},
      {"transformer.h.3.attn.c_attn.weight", Part::weights, 3, "attn_qkv", Suffix::weight, -1},
      {"gpt_neox.layers.0.attention.query_key_value.weight", Part::weights, 0, "attn_qkv",
       Suffix::weight, -1},
      {"model.decoder.layers.2.fc1.weight", Part::weights, 2, "ffn_up", Suffix::weight, -1},
      {"encoder.layer.4.attention.self.key.weight", Part::weights, 4, "attn_k", Suffix::weight, -1},
      {"model.layers.1.block_sparse_moe.experts.7.w2.weight", Part::weights, 1, "ffn_down_exps",
       Suffix::weight, 7},
      {"model.layers.5.mlp.experts.12.up_proj.weight_scale_inv", Part::side, 5, "ffn_up_exps",
       Suffix::weight, 12},
      {"model.layers.5.self_attn.kv_b_proj.qweight", Part::packed, 5, "attn_kv_b", Suffix::weight,
       -1},
      {"model.layers.0.mlp.experts.gate_up_proj_blocks", Part::packed, 0, "ffn_gate_up_exps",
       Suffix::weight, -1},
      {"language_model.model.layers.9.mlp.gate_proj.scales", Part::side, 9, "ffn_gate",
       Suffix::weight, -1},
      {"model.language_model.layers.3.linear_attn.in_proj_qkvz.weight", Part::weights, 3,
       "attn_qkv", Suffix::weight, -1},
      {"backbone.layers.2.mixer.A_log", Part::weights, 2, "ssm_a", Suffix::none, -1},
  };
  for (const auto& known : cases) {
    INFO(known.name);
    const auto name = model::parse_hf_name(known.name);
    CHECK(name.part == known.part);
    CHECK(name.layer == known.layer);
    CHECK(name.stem == known.stem);
    CHECK(name.suffix == known.suffix);
    CHECK(name.expert == known.expert);
  }
}

TEST_CASE("towers and buffers are no weights of the language model", "[hf]") {
  for (const auto* const name :
       {"model.vision_tower.encoder.layers.0.self_attn.q_proj.weight",
        "visual.blocks.3.attn.qkv.weight", "multi_modal_projector.linear_1.weight",
        "model.visual.merger.mlp.0.weight", "audio_tower.layers.0.fc1.weight"}) {
    INFO(name);
    CHECK(model::parse_hf_name(name).part == Part::tower);
  }
  for (const auto* const name :
       {"model.layers.0.self_attn.rotary_emb.inv_freq", "embeddings.position_ids",
        "transformer.h.0.attn.bias", "gpt_neox.layers.1.attention.masked_bias"}) {
    INFO(name);
    CHECK(model::parse_hf_name(name).part == Part::buffer);
  }
}

TEST_CASE("numbers in names that are no layers, or too large, are left alone", "[hf]") {
  CHECK(model::parse_hf_name("layers.99999999999999999999.x.weight").layer == -1);
  CHECK(model::parse_hf_name("layers.2147483647.x.weight").layer == -1);
  CHECK(model::parse_hf_name("model.layers.-1.x.weight").layer == -1);
  CHECK(model::parse_hf_name("model.layers.").layer == -1);
  CHECK(model::parse_hf_name("").stem.empty());
}
