// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "llmfit/catalog.hpp"
#include "support/safetensors_writer.hpp"

namespace llmfit::test {

/// Writes the tensors of a catalog entry under the names and in the shapes of its published
/// checkpoint.
class HfCheckpoint {
 public:
  explicit HfCheckpoint(const ArchitectureRecord& record)
      : record_(record), dims_(record.dims), hidden_(dims_.hidden_size) {}

  SafetensorsWriter write() {
    const auto type = record_.model_type;
    if (type == "bert") return bert();
    if (type == "gpt2") return gpt2();
    put("model.embed_tokens.weight", {dims_.vocab_size, hidden_});
    for (int i = 0; i < record_.layers; ++i) layer(i);
    put("model.norm.weight", {hidden_});
    if (!dims_.tied_embeddings) put("lm_head.weight", {dims_.vocab_size, hidden_});
    return writer_;
  }

 private:
  using Shape = std::vector<std::int64_t>;

  void put(const std::string& name, const Shape& shape) { writer_.tensor(name, shape); }
  void put_in(const std::string& name, const Shape& shape) { put(prefix_ + name, shape); }

  [[nodiscard]] std::int64_t heads() const {
    return std::int64_t{record_.heads} * record_.head_dim;
  }
  [[nodiscard]] std::int64_t kv() const {
    return std::int64_t{record_.kv_heads} * record_.head_dim;
  }

  void layer(int number) {
    prefix_ = "model.layers." + std::to_string(number) + ".";
    put_in("input_layernorm.weight", {hidden_});
    put_in("post_attention_layernorm.weight", {hidden_});
    if (record_.model_type == "gemma2") {
      put_in("pre_feedforward_layernorm.weight", {hidden_});
      put_in("post_feedforward_layernorm.weight", {hidden_});
    }
    attention();
    const bool experts = record_.ffn_kinds[static_cast<std::size_t>(number)] == 'E';
    if (!experts) return dense();
    if (record_.model_type == "mixtral") return mixtral();
    if (record_.model_type == "gpt_oss") return gpt_oss();
    deepseek();
  }

  void attention() {
    if (dims_.mla) return latent();
    if (record_.model_type == "phi3") {
      put_in("self_attn.qkv_proj.weight", {heads() + 2 * kv(), hidden_});
    } else {
      put_in("self_attn.q_proj.weight", {heads(), hidden_});
      put_in("self_attn.k_proj.weight", {kv(), hidden_});
      put_in("self_attn.v_proj.weight", {kv(), hidden_});
    }
    put_in("self_attn.o_proj.weight", {hidden_, heads()});
    if (dims_.qkv_bias) {
      put_in("self_attn.q_proj.bias", {heads()});
      put_in("self_attn.k_proj.bias", {kv()});
      put_in("self_attn.v_proj.bias", {kv()});
    }
    if (dims_.attention_out_bias) put_in("self_attn.o_proj.bias", {hidden_});
    if (dims_.sinks_all) put_in("self_attn.sinks", {record_.heads});
  }

  void latent() {
    const auto& mla = *dims_.mla;
    const auto heads = std::int64_t{record_.heads};
    const auto query = heads * (mla.qk_nope_head_dim + mla.qk_rope_head_dim);
    if (mla.q_lora_rank > 0) {
      put_in("self_attn.q_a_proj.weight", {mla.q_lora_rank, hidden_});
      put_in("self_attn.q_a_layernorm.weight", {mla.q_lora_rank});
      put_in("self_attn.q_b_proj.weight", {query, mla.q_lora_rank});
    } else {
      put_in("self_attn.q_proj.weight", {query, hidden_});
    }
    put_in("self_attn.kv_a_proj_with_mqa.weight",
           {mla.kv_lora_rank + mla.qk_rope_head_dim, hidden_});
    put_in("self_attn.kv_a_layernorm.weight", {mla.kv_lora_rank});
    put_in("self_attn.kv_b_proj.weight",
           {heads * (mla.qk_nope_head_dim + mla.v_head_dim), mla.kv_lora_rank});
    put_in("self_attn.o_proj.weight", {hidden_, heads * mla.v_head_dim});
  }

  void gated(const std::string& where, std::int64_t width) {
    put_in(where + "gate_proj.weight", {width, hidden_});
    put_in(where + "up_proj.weight", {width, hidden_});
    put_in(where + "down_proj.weight", {hidden_, width});
  }

  void dense() {
    if (record_.model_type != "phi3") return gated("mlp.", record_.ffn_size);
    put_in("mlp.gate_up_proj.weight", {2 * record_.ffn_size, hidden_});
    put_in("mlp.down_proj.weight", {hidden_, record_.ffn_size});
  }

  void mixtral() {
    const auto& experts = *dims_.experts;
    put_in("block_sparse_moe.gate.weight", {experts.count, hidden_});
    for (int i = 0; i < experts.count; ++i) {
      const auto where = "block_sparse_moe.experts." + std::to_string(i) + ".";
      put_in(where + "w1.weight", {experts.ffn_size, hidden_});
      put_in(where + "w2.weight", {hidden_, experts.ffn_size});
      put_in(where + "w3.weight", {experts.ffn_size, hidden_});
    }
  }

  void deepseek() {
    const auto& experts = *dims_.experts;
    put_in("mlp.gate.weight", {experts.count, hidden_});
    if (experts.router_bias) put_in("mlp.gate.e_score_correction_bias", {experts.count});
    for (int i = 0; i < experts.count; ++i) {
      gated("mlp.experts." + std::to_string(i) + ".", experts.ffn_size);
    }
    gated("mlp.shared_experts.", experts.shared_ffn_size);
  }

  /// As published: blocks of 32 four-bit floats in 16 bytes with one byte of scale.
  void gpt_oss() {
    const auto& experts = *dims_.experts;
    const auto count = std::int64_t{experts.count};
    const auto width = std::int64_t{experts.ffn_size};
    put_in("mlp.router.weight", {count, hidden_});
    put_in("mlp.router.bias", {count});
    packed("mlp.experts.gate_up_proj", {count, 2 * width, hidden_ / 32});
    put_in("mlp.experts.gate_up_proj_bias", {count, 2 * width});
    packed("mlp.experts.down_proj", {count, hidden_, width / 32});
    put_in("mlp.experts.down_proj_bias", {count, hidden_});
  }
  void packed(const std::string& name, Shape shape) {
    writer_.tensor(prefix_ + name + "_scales", shape, "U8", 8);
    shape.push_back(16);
    writer_.tensor(prefix_ + name + "_blocks", shape, "U8", 8);
  }

  void with_bias(const std::string& name, std::int64_t out, std::int64_t in) {
    put_in(name + ".weight", {out, in});
    put_in(name + ".bias", {out});
  }
  void norm(const std::string& name) {
    put_in(name + ".weight", {hidden_});
    put_in(name + ".bias", {hidden_});
  }

  SafetensorsWriter bert() {
    put("embeddings.word_embeddings.weight", {dims_.vocab_size, hidden_});
    put("embeddings.position_embeddings.weight", {dims_.position_embeddings, hidden_});
    put("embeddings.token_type_embeddings.weight", {dims_.token_types, hidden_});
    writer_.tensor("embeddings.position_ids", {1, dims_.position_embeddings}, "I64", 64);
    norm("embeddings.LayerNorm");
    for (int i = 0; i < record_.layers; ++i) {
      prefix_ = "encoder.layer." + std::to_string(i) + ".";
      for (const auto* const part : {"query", "key", "value"}) {
        with_bias(std::string("attention.self.") + part, hidden_, hidden_);
      }
      with_bias("attention.output.dense", hidden_, hidden_);
      norm("attention.output.LayerNorm");
      with_bias("intermediate.dense", record_.ffn_size, hidden_);
      with_bias("output.dense", hidden_, record_.ffn_size);
      norm("output.LayerNorm");
    }
    prefix_.clear();
    with_bias("pooler.dense", hidden_, hidden_);
    return writer_;
  }

  /// Its matrices lie the other way round, and the causal mask beside them.
  SafetensorsWriter gpt2() {
    put("wte.weight", {dims_.vocab_size, hidden_});
    put("wpe.weight", {dims_.position_embeddings, hidden_});
    for (int i = 0; i < record_.layers; ++i) {
      prefix_ = "h." + std::to_string(i) + ".";
      norm("ln_1");
      norm("ln_2");
      put_in("attn.bias", {1, 1, dims_.position_embeddings, dims_.position_embeddings});
      turned("attn.c_attn", hidden_, 3 * hidden_);
      turned("attn.c_proj", hidden_, hidden_);
      turned("mlp.c_fc", hidden_, record_.ffn_size);
      turned("mlp.c_proj", record_.ffn_size, hidden_);
    }
    prefix_.clear();
    norm("ln_f");
    return writer_;
  }
  void turned(const std::string& name, std::int64_t in, std::int64_t out) {
    put_in(name + ".weight", {in, out});
    put_in(name + ".bias", {out});
  }

  const ArchitectureRecord& record_;
  const Architecture& dims_;
  std::int64_t hidden_;
  std::string prefix_;
  SafetensorsWriter writer_;
};

}  // namespace llmfit::test
