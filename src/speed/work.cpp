// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "llmfit/speed.hpp"
#include "sizing/cache.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/widths.hpp"

namespace llmfit {
namespace {

Bytes sum(const BlockLoad& load) { return load.sharded + load.replicated; }

bool is_draft(const Model& model, const Tensor& tensor) {
  return tensor.layer >= static_cast<int>(model.layers.size());
}

/// Matrices that turn tokens into numbers are looked up, not multiplied.
bool is_looked_up(Role role) {
  return role == Role::token_embedding || role == Role::position_embedding ||
         role == Role::token_types || role == Role::per_layer_embedding;
}

/// The matrices of a model, by when they are multiplied; whether the embedding is the output
/// matrix.
bool count_elements(Work& work, const Model& model) {
  bool untied = false;
  Elements embedding;
  for (const auto& tensor : model.tensors) {
    if (is_draft(model, tensor)) continue;
    if (tensor.role == Role::token_embedding) embedding = tensor.elements();
    if (!tensor.is_matrix() || is_looked_up(tensor.role)) continue;
    if (is_routed_expert(tensor.role)) {
      work.expert_elements += tensor.elements();
    } else if (tensor.layer >= 0) {
      work.dense_elements += tensor.elements();
    } else if (tensor.role == Role::output) {
      untied = true;
      work.head_elements += tensor.elements();
    }
  }
  if (!untied && model.arch.lm_head) work.head_elements = embedding;
  return !untied && model.arch.lm_head;
}

/// Layers and width of a model of which only the size is known, for what each layer costs: between
/// Llama 2's 32 layers of 4,096 at 6.7 billion parameters and its 80 of 8,192 at 69 billion.
void assume_shape(Work& work, Elements elements) {
  const double size = static_cast<double>(elements.count()) / 6.74e9;
  work.layers = static_cast<std::int32_t>(std::clamp(32 * std::pow(size, 0.4), 4.0, 200.0));
  work.hidden = static_cast<std::int64_t>(std::clamp(4096 * std::pow(size, 0.3), 256.0, 32768.0));
}

/// A model of which only the size is known: all of it at once, or what a token touches.
void count_unresolved(Work& work, const Model& model, const Weights& weights) {
  const auto active = model.active_parameters.value_or(weights.elements);
  if (model.layers.empty()) assume_shape(work, weights.elements);
  work.dense_elements = active;
  if (weights.elements.count() == 0) return;
  const double share =
      static_cast<double>(active.count()) / static_cast<double>(weights.elements.count());
  work.dense = sizing::times(weights.tensor_bytes, std::min(share, 1.0));
}

/// Heads times the width of their keys and values. llama.cpp multiplies with the latent itself,
/// which is wider (src/llama-graph.cpp).
std::int64_t attention_width(const sizing::CacheRule& rule, const Layer& layer,
                             const sizing::CacheRow& row) {
  const auto& arch = rule.model.arch;
  if (rule.workload.engine == Engine::llama_cpp && sizing::caches_latent(arch, layer)) {
    return layer.heads * (row.k + arch.mla->kv_lora_rank);
  }
  return std::int64_t{layer.heads} * (layer.head_dim + layer.value_head_dim);
}

/// A text's tokens with each other, in a layer that caches nothing.
void add_bidirectional(Work& work, const Layer& layer) {
  const auto width = std::int64_t{layer.heads} * (layer.head_dim + layer.value_head_dim);
  if (sizing::has_window(layer)) work.window = std::max(work.window, std::int64_t{layer.window});
  (sizing::has_window(layer) ? work.window_attention : work.attention) += width;
}

void add_attention(Work& work, const sizing::CacheRule& rule, const Layer& layer) {
  if (rule.model.arch.kind == ModelKind::encoder) return add_bidirectional(work, layer);
  if (!sizing::holds_tokens(layer)) return;
  const auto row = sizing::cache_row(rule, layer);
  const auto bytes = sizing::cache_row_bytes(rule.workload.cache_k, row.k) +
                     sizing::cache_row_bytes(rule.workload.cache_v, row.v);
  const auto width = attention_width(rule, layer, row);
  if (sizing::has_window(layer)) {
    work.window = std::max(work.window, std::int64_t{layer.window});
    work.window_cache_per_token += bytes;
    work.window_attention += width;
    work.window_scores += layer.heads;
    return;
  }
  if (layer.kv_heads > 0 && !sizing::caches_latent(rule.model.arch, layer)) {
    work.head_groups = static_cast<double>(layer.heads) / layer.kv_heads;
  }
  const std::int64_t ratio = std::max(layer.compress_ratio, 1);
  work.cache_per_token += Bytes{bytes.count() / ratio};
  work.attention += width / ratio;
  work.scores += layer.heads / ratio;
}

/// A prompt passes the encoder, an answer the decoder.
void part_stacks(Work& work, const Model& model, const Weights& weights) {
  const auto& stacks = model.arch.encoder_decoder;
  if (!stacks || work.dense == Bytes{0}) return;
  Bytes encoder;
  for (std::int32_t i = 0; i < stacks->encoder_layers; ++i) {
    encoder += sum(weights.blocks[static_cast<std::size_t>(i)]);
  }
  work.prompt_part = static_cast<double>(encoder.count()) / static_cast<double>(work.dense.count());
  work.step_part = 1 - work.prompt_part;
}

}  // namespace

Work work_of(const Model& model, const Weights& weights, const Format& format,
             const Workload& workload) {
  Work work;
  work.layers = std::max(static_cast<std::int32_t>(model.layers.size()), 1);
  work.hidden = model.arch.hidden_size;
  if (model.layers.empty() || model.known_by_size_only) {
    count_unresolved(work, model, weights);
    return work;
  }
  work.encodes = model.arch.kind == ModelKind::encoder;
  const bool tied = count_elements(work, model);
  if (model.arch.experts) {
    work.expert_count = model.arch.experts->count;
    work.expert_active = model.arch.experts->active;
  }
  for (const auto& block : weights.blocks) {
    work.dense += sum(block) - block.routed;
    work.experts += block.routed;
  }
  part_stacks(work, model, weights);
  work.head = sum(weights.output);
  // llama.cpp's weights have the second copy already.
  if (tied && format.engine != Engine::llama_cpp) work.head += weights.input.sharded;
  const auto widths = sizing::widths_of(model);
  const sizing::CacheRule rule(model, widths, workload);
  for (const auto& layer : model.layers) add_attention(work, rule, layer);
  work.flash_attention = format.engine != Engine::llama_cpp ||
                         sizing::llama_cpp::uses_flash_attention(widths, workload);
  auto one = workload;
  one.sequences = 1;
  for (const auto& layer : model.layers) {
    if (sizing::keeps_state(layer)) {
      work.state += state_bytes(model, layer, one).value_or(Bytes{0});
    }
  }
  return work;
}

}  // namespace llmfit
