// SPDX-License-Identifier: MIT
#include "sizing/served_weights.hpp"

#include <algorithm>

#include "sizing/served_types.hpp"
#include "sizing/vllm_experts.hpp"
#include "sizing/vllm_rotary.hpp"
#include "sizing/weight_loads.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing {
namespace {

constexpr std::int64_t dtype_bytes = 2;  // what is not packed is bf16 or f16

/// vLLM keeps the key and the value half of latent attention's kv_b matrix in 16 bits beside the
/// matrix itself, for decoding (vLLM: MLACommonImpl, process_weights_after_loading).
Bytes absorbed_latent(const Layer& layer, const Mla& mla) {
  const auto head = Elements{mla.qk_nope_head_dim} + Elements{mla.v_head_dim};
  return rows_of(dtype_bytes, layer.heads, head * mla.kv_lora_rank);
}

void add_absorbed_latent(Weights& weights, const Model& model) {
  if (!model.arch.mla) return;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (model.layers[i].kind != LayerKind::mla) continue;
    weights.blocks[i].sharded += absorbed_latent(model.layers[i], *model.arch.mla);
  }
}

/// Towers are not quantized. vLLM cuts them like the language model unless --mm-encoder-tp-mode
/// says otherwise: two ranks of gemma-3-27b load half of its tower each.
void add_towers(Weights& weights, const Model& model, Engine engine) {
  for (const auto& tower : model.towers) {
    weights.towers += Bytes{dtype_bytes} * tower.elements.count();
  }
  auto& load = weights.input;
  (engine == Engine::vllm ? load.sharded : load.replicated) += weights.towers;
}

bool has_output(const Model& model) {
  return std::any_of(model.tensors.begin(), model.tensors.end(), [](const Tensor& tensor) {
    return tensor.role == Role::output && !tensor.is_bias();
  });
}

/// ExLlama packs the output matrix for the device and leaves the embedding in host memory.
void add_packed_head(Weights& weights, const Tensor& embedding, const Format& format) {
  auto head = embedding;
  head.role = Role::output;
  head.stored.reset();
  weights.output.sharded += loaded_bytes(head, format);
}

/// What checkpoints do not hold, or hold twice: rotary factors are of GGUF files, and a tied matrix
/// is the embedding.
bool is_left_out(const Model& model, const Tensor& tensor) {
  const bool second =
      tensor.role == Role::output && !tensor.is_bias() && model.arch.tied_embeddings;
  return tensor.role == Role::rope_factors || second;
}

/// Draft blocks are read only where speculative decoding is asked for.
bool is_draft(const Model& model, const Tensor& tensor) {
  return tensor.role == Role::draft || tensor.layer >= static_cast<int>(model.layers.size());
}

bool stays_on_host(const Tensor& tensor, const Format& format) {
  return format.engine == Engine::exllama && tensor.role == Role::token_embedding;
}

/// vLLM's kernels for mxfp4 pad the widths of each expert.
bool pads_experts(const Tensor& tensor, const Format& format) {
  return format.engine == Engine::vllm && format.scheme && format.scheme->experts_only &&
         is_routed_expert(tensor.role) && !tensor.is_bias();
}

/// transformers keeps an output matrix of its own under block-wise FP8, also where it is tied: the
/// FP8 builds of Qwen3 0.6B, 1.7B and 4B take one more vocabulary x hidden x 2 bytes (v4.51).
bool unties(const Model& model, const Format& format) {
  return format.engine == Engine::transformers && format.scheme && format.scheme->group_rows > 1 &&
         model.arch.tied_embeddings;
}

void count(Weights& weights, const Tensor& tensor, Bytes bytes) {
  weights.tensor_bytes += bytes;
  weights.elements += tensor.elements();
  ++weights.tensor_count;
}

}  // namespace

void weigh_served(Weights& weights, const Model& model, const Format& format) {
  Loads loads(weights);
  const bool copies = unties(model, format);
  const double padding = vllm::expert_padding(model, Platform::cuda, 1);
  const bool packs_tied = format.engine == Engine::exllama && !has_output(model);
  for (const auto& tensor : model.tensors) {
    if (is_left_out(model, tensor)) continue;
    const auto bytes = file_bytes(tensor, format);
    count(weights, tensor, bytes);
    if (is_draft(model, tensor)) {
      weights.draft += bytes;
    } else if (stays_on_host(tensor, format)) {
      weights.host += bytes;
      if (packs_tied) add_packed_head(weights, tensor, format);
    } else {
      const auto loaded = loaded_bytes(tensor, format);
      if (copies && tensor.role == Role::token_embedding) weights.output.sharded += loaded;
      weights.dropped += std::max(bytes - loaded, Bytes{0});
      const bool tied = model.arch.tied_embeddings && tensor.role == Role::token_embedding;
      if (tied) weights.input.tied += loaded;
      if (pads_experts(tensor, format)) {
        loads.put_padded_experts(tensor, times(loaded, padding));
      } else {
        loads.put(tensor, loaded);
      }
    }
  }
  add_towers(weights, model, format.engine);
  if (format.engine != Engine::vllm) return;
  add_absorbed_latent(weights, model);
  const auto tables = vllm::rotary_tables(model);
  weights.input.replicated += tables;
  weights.input.each_stage = tables;
  // Its kernels rearrange what is packed, and pad experts each in its own way: here that of most
  // cards.
  if (format.scheme) weights.basis = Basis::estimate;
}

}  // namespace llmfit::sizing
