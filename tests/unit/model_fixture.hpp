// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "llmfit/build_model.hpp"

/// Models written down by hand, from their published configurations.
namespace fixture {

using namespace llmfit;

/// A record of a model with `record`'s dimensions; short patterns of letters repeat to its layers.
struct Source {
  ArchitectureRecord record;
  std::string kinds = "F";
  std::string ffns = "D";
};

inline std::string repeated(const std::string& pattern, std::int32_t layers) {
  std::string letters;
  for (std::int32_t i = 0; i < layers; ++i) {
    letters += pattern[static_cast<std::size_t>(i) % pattern.size()];
  }
  return letters;
}

inline Result<Model> try_build(const Source& source, std::int64_t parameters = 0) {
  const auto kinds = repeated(source.kinds, source.record.layers);
  const auto ffns = repeated(source.ffns, source.record.layers);
  auto record = source.record;
  record.layer_kinds = kinds;
  record.ffn_kinds = ffns;
  ModelRecord model;
  model.id = "sample";
  model.name = "Sample";
  if (parameters > 0) model.parameters = parameters;
  model.architecture = &record;
  return make_model(model);
}

inline Model build(const Source& source, std::int64_t parameters = 0) {
  return try_build(source, parameters).value();
}

/// A decoder with gated feed-forward parts, RMS norms and an output matrix of its own.
inline Source decoder(std::int32_t layers, std::int64_t hidden, std::int32_t heads,
                      std::int32_t kv_heads, std::int32_t head_dim, std::int32_t ffn,
                      std::int64_t vocab) {
  Source source;
  auto& record = source.record;
  record.gguf = "llama";
  record.layers = layers;
  record.heads = heads;
  record.kv_heads = kv_heads;
  record.head_dim = head_dim;
  record.ffn_size = ffn;
  record.dims.hidden_size = hidden;
  record.dims.vocab_size = vocab;
  return source;
}

inline Source llama2_13b() { return decoder(40, 5120, 40, 40, 128, 13824, 32000); }
inline Source llama3_8b() { return decoder(32, 4096, 32, 8, 128, 14336, 128256); }

inline Source mixtral_8x7b() {
  auto source = decoder(32, 4096, 32, 8, 128, 14336, 32000);
  source.ffns = "E";
  Experts experts;
  experts.count = 8;
  experts.active = 2;
  experts.ffn_size = 14336;
  source.record.dims.experts = experts;
  return source;
}

inline Source phi3_mini() {
  auto source = decoder(32, 3072, 32, 32, 96, 8192, 32064);
  source.record.gguf = "phi3";
  source.record.window = 2047;
  source.kinds = "S";
  return source;
}

inline Source gemma3_1b() {
  auto source = decoder(26, 1152, 4, 1, 256, 6912, 262144);
  source.record.gguf = "gemma3";
  source.record.window = 512;
  source.kinds = "SSSSSF";
  auto& dims = source.record.dims;
  dims.tied_embeddings = true;
  dims.qk_norm = QkNorm::per_head;
  dims.norms_per_layer = 4;
  return source;
}

/// Layer norms, biases everywhere, a plain feed-forward part and learned positions.
inline Source gpt_like(std::int32_t layers, std::int64_t hidden, std::int32_t heads,
                       std::int64_t vocab, std::int64_t positions) {
  const auto width = static_cast<std::int32_t>(hidden);
  auto source = decoder(layers, hidden, heads, heads, width / heads, 4 * width, vocab);
  auto& dims = source.record.dims;
  dims.gated_mlp = false;
  dims.tied_embeddings = true;
  dims.qkv_bias = true;
  dims.attention_out_bias = true;
  dims.mlp_bias = MlpBias::all;
  dims.norm = Norm::layernorm;
  dims.position_embeddings = positions;
  return source;
}

inline Source gpt3() {
  auto source = gpt_like(96, 12288, 96, 50257, 2048);
  source.record.gguf = "gpt2";
  return source;
}

inline Source bert_base() {
  static constexpr std::array<std::int64_t, 2> pooler{768, 768};
  static constexpr std::array<std::int64_t, 1> pooler_bias{768};
  static const std::array<ExtraTensor, 2> extras{ExtraTensor{"pooler.dense.weight", pooler, {}},
                                                 ExtraTensor{"pooler.dense.bias", pooler_bias, {}}};
  auto source = gpt_like(12, 768, 12, 30522, 512);
  source.kinds = "B";
  source.record.gguf = "bert";
  source.record.extra_tensors = extras;
  auto& dims = source.record.dims;
  dims.kind = ModelKind::encoder;
  dims.token_types = 2;
  dims.embedding_norm = true;
  dims.embedding_norm_bias = true;
  dims.final_norm = false;
  dims.lm_head = false;
  return source;
}

inline Source opt_350m() {
  auto source = gpt_like(24, 1024, 16, 50272, 2050);
  source.record.gguf = {};
  source.record.model_type = "opt";
  source.record.dims.embedding_size = 512;
  source.record.dims.embedding_projection_both = true;
  source.record.dims.final_norm = false;
  return source;
}

inline Source command_r_plus() {
  auto source = decoder(64, 12288, 96, 8, 128, 33792, 256000);
  source.record.gguf = "command-r";
  auto& dims = source.record.dims;
  dims.tied_embeddings = true;
  dims.qk_norm = QkNorm::full;
  dims.norm = Norm::layernorm_nobias;
  dims.norms_per_layer = 1;
  return source;
}

inline Source gpt_oss_20b() {
  auto source = decoder(24, 2880, 64, 8, 64, 2880, 201088);
  source.record.gguf = "gpt-oss";
  source.record.window = 128;
  source.kinds = "SF";
  source.ffns = "E";
  auto& dims = source.record.dims;
  dims.qkv_bias = true;
  dims.attention_out_bias = true;
  dims.sinks_all = true;
  Experts experts;
  experts.count = 32;
  experts.active = 4;
  experts.ffn_size = 2880;
  experts.router_bias = true;
  experts.expert_bias = true;
  dims.experts = experts;
  return source;
}

inline Source qwen15_moe() {
  auto source = decoder(24, 2048, 16, 16, 128, 5632, 151936);
  source.record.gguf = "qwen2moe";
  source.ffns = "E";
  auto& dims = source.record.dims;
  dims.qkv_bias = true;
  Experts experts;
  experts.count = 60;
  experts.active = 4;
  experts.ffn_size = 1408;
  experts.shared_ffn_size = 5632;
  experts.shared_gate = true;
  dims.experts = experts;
  return source;
}

inline Source deepseek_v3() {
  auto source = decoder(61, 7168, 128, 128, 192, 18432, 129280);
  source.record.gguf = "deepseek2";
  source.record.value_head_dim = 128;
  source.kinds = "A";
  source.ffns = "DDD" + std::string(58, 'E');
  auto& dims = source.record.dims;
  Mla mla;
  mla.q_lora_rank = 1536;
  mla.kv_lora_rank = 512;
  mla.qk_nope_head_dim = 128;
  mla.qk_rope_head_dim = 64;
  mla.v_head_dim = 128;
  dims.mla = mla;
  Experts experts;
  experts.count = 256;
  experts.active = 8;
  experts.ffn_size = 2048;
  experts.shared_ffn_size = 2048;
  experts.router_bias = true;
  dims.experts = experts;
  return source;
}

inline Format format(std::string_view id, Engine engine, TensorType type,
                     double bytes_per_parameter = 0) {
  Format made;
  made.id = id;
  made.name = id;
  made.engine = engine;
  made.type = type;
  made.bytes_per_parameter = bytes_per_parameter;
  return made;
}

inline std::int64_t count_of(const Model& model, Role role) {
  return std::count_if(model.tensors.begin(), model.tensors.end(), [role](const Tensor& tensor) {
    return tensor.role == role && !tensor.is_bias();
  });
}

/// The tensors of a layer (-1: outside of them) as lines "attn_q.weight 4096x1024", sorted.
inline std::string tensors_of(const Model& model, int layer) {
  std::vector<std::string> lines;
  for (const auto& tensor : model.tensors) {
    if (tensor.layer != layer) continue;
    auto name = tensor_name(model, tensor);
    const auto block = "blk." + std::to_string(layer) + ".";
    if (name.rfind(block, 0) == 0) name.erase(0, block.size());
    std::size_t last = 3;
    while (last > 0 && tensor.shape[last] == 1) --last;
    for (std::size_t i = 0; i <= last; ++i) {
      name.append(i == 0 ? " " : "x").append(std::to_string(tensor.shape[i]));
    }
    lines.push_back(name + "\n");
  }
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const auto& line : lines) all += line;
  return all;
}

}  // namespace fixture
