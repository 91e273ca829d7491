// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "llmfit/model.hpp"
#include "support/gguf_writer.hpp"

namespace llmfit::test {

/// Writes a catalog model as a converter would: the same tensors, and the dimensions under the keys
/// that llama.cpp reads (gguf-py/gguf/constants.py there).
class ModelWriter {
 public:
  explicit ModelWriter(const Model& model) : model_(model), prefix_(*model.architecture + ".") {}

  GgufWriter write() {
    write_model();
    return std::move(writer_);
  }

  /// The same with the keys that llama.cpp itself asks for: it loads the file.
  GgufWriter write_for_engine() {
    write_model();
    writer_.text("tokenizer.ggml.model", "no_vocab");
    number("vocab_size", model_.arch.vocab_size);
    if (!model_.context_length) number("context_length", 1 << 20);  // of recurrent models
    real("attention.layer_norm_epsilon", 1e-5F);
    if (*model_.architecture == "cohere2") real("logit_scale", 1);
    write_rotation();
    write_expert_widths();
    return std::move(writer_);
  }

 private:
  void write_model() {
    writer_.text("general.architecture", *model_.architecture).text("general.name", model_.name);
    write_size();
    write_attention();
    write_windows();
    if (model_.arch.norm == Norm::rmsnorm) real("attention.layer_norm_rms_epsilon", 1e-5F);
    write_latent();
    write_mixers();
    for (const auto& tensor : model_.tensors) add(tensor);
  }

  void write_rotation() {
    if (model_.arch.mla) return number("rope.dimension_count", model_.arch.mla->qk_rope_head_dim);
    // Of GPT-NeoX a quarter of a head is rotated, and its converter has a key for the residual.
    if (*model_.architecture == "gptneox") {
      writer_.raw(prefix_ + "use_parallel_residual", 7, std::string(1, '\1'));
      number("rope.dimension_count", model_.layers.front().head_dim / 4);
    }
  }

  void write_expert_widths() {
    if (!model_.arch.experts) return;
    const auto& experts = *model_.arch.experts;
    number("expert_feed_forward_length", experts.ffn_size);
    number("expert_shared_feed_forward_length", experts.shared_ffn_size);
    number("expert_shared_count",
           experts.ffn_size > 0 ? experts.shared_ffn_size / experts.ffn_size : 0);
    number("expert_gating_func", model_.arch.experts->router_bias ? 2 : 1);
    std::int64_t dense = 0;
    for (const auto& layer : model_.layers) dense += layer.ffn == FfnKind::dense ? 1 : 0;
    number("leading_dense_block_count", dense);
    if (model_.arch.mla) number("attention.q_lora_rank", model_.arch.mla->q_lora_rank);
  }

  void real(std::string_view key, float value) {
    std::array<char, sizeof value> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    writer_.raw(prefix_ + std::string(key), 6, {bytes.data(), bytes.size()});
  }

  void number(std::string_view key, std::int64_t value) {
    writer_.number(prefix_ + std::string(key), value);
  }
  /// Draft blocks that are in the file: some converters leave them out.
  [[nodiscard]] std::int64_t draft_blocks() const {
    const auto layers = static_cast<std::int64_t>(model_.layers.size());
    std::int64_t last = layers - 1;
    for (const auto& tensor : model_.tensors) last = std::max<std::int64_t>(last, tensor.layer);
    return last + 1 - layers;
  }
  [[nodiscard]] std::size_t encoders() const {
    const auto& stacks = model_.arch.encoder_decoder;
    return stacks ? static_cast<std::size_t>(stacks->encoder_layers) : 0;
  }

  template <class Get>
  void per_layer(std::string_view key, Get get) {
    std::vector<std::int32_t> values;
    for (const auto& layer : model_.layers) values.push_back(get(layer));
    values.resize(values.size() + static_cast<std::size_t>(draft_blocks()), values.back());
    const bool alike = std::all_of(values.begin(), values.end(),
                                   [&](std::int32_t value) { return value == values.front(); });
    if (alike) {
      number(key, values.front());
    } else {
      writer_.numbers(prefix_ + std::string(key), values);
    }
  }

  void write_size() {
    const auto layers = static_cast<std::int64_t>(model_.layers.size());
    const auto& stacks = model_.arch.encoder_decoder;
    number("block_count", stacks ? stacks->encoder_layers : layers + draft_blocks());
    if (stacks) number("decoder_block_count", stacks->decoder_layers);
    if (draft_blocks() > 0) number("nextn_predict_layers", draft_blocks());
    number("embedding_length", model_.arch.hidden_size);
    if (model_.context_length) number("context_length", model_.context_length->count());
    per_layer("feed_forward_length", [](const Layer& layer) { return layer.ffn_size; });
    if (!model_.arch.experts) return;
    number("expert_count", model_.arch.experts->count);
    number("expert_used_count", model_.arch.experts->active);
  }

  void write_attention() {
    const bool latent = model_.arch.mla.has_value();
    if (names_heads_once()) {
      number("attention.head_count", most(&Layer::heads));
    } else {
      per_layer("attention.head_count", [](const Layer& layer) { return layer.heads; });
    }
    if (*model_.architecture == "qwen3next") {
      number("attention.head_count_kv", most(&Layer::kv_heads));
    } else {
      per_layer("attention.head_count_kv",
                [&](const Layer& layer) { return latent ? 1 : layer.kv_heads; });
    }
    if (!latent) {
      width("attention.key_length", false, &Layer::head_dim);
      width("attention.value_length", false, &Layer::value_head_dim);
      width("attention.key_length_swa", true, &Layer::head_dim);
      width("attention.value_length_swa", true, &Layer::value_head_dim);
    }
    const auto owners = std::count_if(model_.layers.begin(), model_.layers.end(),
                                      [](const Layer& layer) { return layer.caches; });
    const auto shared = static_cast<std::int64_t>(model_.layers.size()) - owners;
    if (*model_.architecture == "gemma3n") number("attention.shared_kv_layers", shared);
  }

  /// Converters of these write one count also where some layers have no attention.
  [[nodiscard]] bool names_heads_once() const {
    constexpr std::array hybrids = {"lfm2", "jamba", "granitehybrid", "qwen3next"};
    return std::find(hybrids.begin(), hybrids.end(), *model_.architecture) != hybrids.end();
  }
  [[nodiscard]] std::int64_t most(std::int32_t Layer::*member) const {
    std::int32_t most = 0;
    for (const auto& layer : model_.layers) most = std::max(most, layer.*member);
    return most;
  }

  void width(std::string_view key, bool sliding, std::int32_t Layer::*member) {
    for (const auto& layer : model_.layers) {
      if (layer.heads == 0 || (layer.window > 0) != sliding) continue;
      return number(key, layer.*member);
    }
  }

  /// Of some architectures the converter leaves out the pattern: the engine knows it.
  void write_windows() {
    constexpr std::array known = {"gemma2", "gemma3",  "gemma3n", "gpt-oss",
                                  "llama4", "cohere2", "phi3",    "gemma-embedding"};
    const auto found = std::find_if(model_.layers.begin(), model_.layers.end(),
                                    [](const Layer& layer) { return layer.window > 0; });
    if (found == model_.layers.end()) return;
    if (*model_.architecture != "llama4") number("attention.sliding_window", found->window);
    if (std::find(known.begin(), known.end(), *model_.architecture) != known.end()) return;
    per_layer("attention.sliding_window_pattern",
              [](const Layer& layer) { return layer.window > 0 ? 1 : 0; });
  }

  void write_latent() {
    if (!model_.arch.mla) return;
    const auto& mla = *model_.arch.mla;
    number("attention.kv_lora_rank", mla.kv_lora_rank);
    number("attention.key_length", mla.kv_lora_rank + mla.qk_rope_head_dim);
    number("attention.value_length", mla.kv_lora_rank);
    number("attention.key_length_mla", mla.qk_nope_head_dim + mla.qk_rope_head_dim);
    number("attention.value_length_mla", mla.v_head_dim);
  }

  void write_mixers() {
    const auto& arch = model_.arch;
    if (arch.ssm) {
      number("ssm.inner_size", arch.ssm->d_inner);
      number("ssm.state_size", arch.ssm->d_state);
      number("ssm.conv_kernel", arch.ssm->d_conv);
      number("ssm.time_step_rank", arch.ssm->version == 1 ? arch.ssm->dt_rank : arch.ssm->heads);
      number("ssm.group_count", arch.ssm->n_groups);
    }
    if (arch.linear_attention) {
      number("ssm.state_size", arch.linear_attention->key_head_dim);
      number("ssm.inner_size", std::int64_t{arch.linear_attention->value_heads} *
                                   arch.linear_attention->value_head_dim);
      number("ssm.conv_kernel", arch.linear_attention->conv_kernel);
      number("ssm.time_step_rank", arch.linear_attention->value_heads);
      number("ssm.group_count", arch.linear_attention->key_heads);
    }
    if (arch.short_conv) number("shortconv.l_cache", arch.short_conv->l_cache);
    if (arch.rwkv) number("wkv.head_size", arch.rwkv->head_size);
  }

  /// Converters write these in 32 bits beside the norms (conversion/base.py in llama.cpp).
  static bool is_small(const Tensor& tensor) {
    constexpr std::array<std::string_view, 4> stems = {"ssm_conv1d", "shortconv.conv",
                                                       "time_mix_lerp_fused", "channel_mix_lerp_k"};
    return tensor.role == Role::norm || tensor.role == Role::router ||
           tensor.role == Role::position_embedding || tensor.role == Role::token_types ||
           std::find(stems.begin(), stems.end(), tensor.stem) != stems.end();
  }

  void add(const Tensor& tensor) {
    if (tensor.role == Role::pooler) return;
    const bool wide = tensor.is_matrix() && tensor.suffix == Suffix::weight && !is_small(tensor);
    const std::vector<std::int64_t> shape(tensor.shape.begin(), tensor.shape.end());
    writer_.tensor(tensor_name(model_, tensor), shape, wide ? ggml_f16 : ggml_f32);
  }

  const Model& model_;
  std::string prefix_;
  GgufWriter writer_;
};

}  // namespace llmfit::test
