// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "llmfit/placement.hpp"
#include "llmfit/sizing.hpp"

/// Models, weights and engines written by hand, so that a test's expected figures can be checked on
/// paper and do not move when the catalog does.
namespace llmfit::test {

struct Shape {
  std::string architecture = "llama";
  int layers = 40;
  std::int64_t hidden = 5120;
  std::int64_t vocab = 32000;
  int heads = 40;
  int kv_heads = 40;
  int head_dim = 128;
  int ffn = 13824;
  std::int64_t context = 4096;
};

inline Model dense_model(const Shape& shape) {
  Model model;
  model.id = model.name = "hand-made";
  model.architecture = shape.architecture;
  model.context_length = Tokens{shape.context};
  model.native_dtype = "bfloat16";
  model.runs_on_llama_cpp = true;
  model.arch.hidden_size = model.arch.embedding_size = shape.hidden;
  model.arch.vocab_size = shape.vocab;
  Layer layer;
  layer.heads = shape.heads;
  layer.kv_heads = shape.kv_heads;
  layer.head_dim = layer.value_head_dim = shape.head_dim;
  layer.ffn_size = shape.ffn;
  model.layers.assign(static_cast<std::size_t>(shape.layers), layer);
  return model;
}

inline Model llama2_13b() { return dense_model({}); }

inline Model llama3_8b() {
  return dense_model({"llama", 32, 4096, 128256, 32, 8, 128, 14336, 8192});
}

inline Model tinyllama() { return dense_model({"llama", 22, 2048, 32000, 32, 4, 64, 5632, 2048}); }

/// Gemma 3 27B: five layers with a window of 1,024, then one that sees everything.
inline Model gemma3_27b() {
  auto model = dense_model({"gemma3", 62, 5376, 262208, 32, 16, 128, 21504, 131072});
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (i % 6 == 5) continue;
    model.layers[i].kind = LayerKind::sliding;
    model.layers[i].window = 1024;
  }
  return model;
}

/// Phi-3 mini: every layer has the same window.
inline Model phi3_mini() {
  auto model = dense_model({"phi3", 32, 3072, 32064, 32, 32, 96, 8192, 4096});
  for (auto& layer : model.layers) {
    layer.kind = LayerKind::sliding;
    layer.window = 2047;
  }
  return model;
}

/// DeepSeek V3: latent attention, 3 dense layers, then experts.
inline Model deepseek_v3() {
  auto model = dense_model({"deepseek2", 61, 7168, 129280, 128, 128, 192, 18432, 163840});
  model.arch.mla = Mla{1536, 512, 128, 64, 128, false, false};
  Experts experts;
  experts.count = 256;
  experts.active = 8;
  experts.ffn_size = experts.shared_ffn_size = 2048;
  experts.router_bias = true;
  model.arch.experts = experts;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    model.layers[i].kind = LayerKind::mla;
    model.layers[i].value_head_dim = 128;
    if (i >= 3) model.layers[i].ffn = FfnKind::experts;
  }
  return model;
}

inline Model bert_base() {
  auto model = dense_model({"bert", 12, 768, 30522, 12, 12, 64, 3072, 512});
  model.arch.kind = ModelKind::encoder;
  model.arch.gated_mlp = false;
  model.arch.lm_head = false;
  for (auto& layer : model.layers) {
    layer.kind = LayerKind::bidirectional;
    layer.caches = false;
  }
  return model;
}

inline Model by_size(std::int64_t parameters) {
  Model model;
  model.id = model.name = "by size";
  model.parameters = Elements{parameters};
  model.known_by_size_only = true;
  return model;
}

/// Equal blocks, an output head, nothing before the blocks; all of it can be divided.
inline Weights even_weights(const Model& model, Bytes block, Bytes output) {
  Weights weights;
  weights.blocks.assign(model.layers.size(), BlockLoad{block, {}, {}, {}});
  weights.output.sharded = output;
  weights.tensor_bytes = block * static_cast<std::int64_t>(model.layers.size()) + output;
  weights.elements = Elements{weights.tensor_bytes.count() / 2};
  weights.bits_per_weight = 16;
  return weights;
}

inline EngineRecord engine_record(Engine engine) {
  EngineRecord record;
  record.engine = engine;
  if (engine == Engine::params) return record;
  record.runtime_mib_low = 100;
  record.runtime_mib = 200;
  record.runtime_mib_high = 300;
  record.runtime_basis = "made up";
  record.utilization = engine == Engine::vllm ? 0.9 : 1.0;
  return record;
}

inline Workload workload_of(Engine engine, std::int64_t context = 4096,
                            std::int64_t sequences = 1) {
  Workload workload;
  workload.engine = engine;
  workload.context = context;
  workload.sequences = sequences;
  return workload;
}

inline std::vector<Device> devices_of(std::size_t count, Bytes usable) {
  return std::vector<Device>(count, Device{usable});
}

}  // namespace llmfit::test
