// SPDX-License-Identifier: MIT
#include "sizing/weight_loads.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace llmfit::sizing {
namespace {

/// Matrices outside the layers that work on their result, wherever files have them (llama.cpp:
/// src/llama-arch.cpp: they go with the output).
constexpr auto after_layers = std::to_array<std::string_view>(
    {"altup_proj", "altup_unembd_proj", "cls", "dense_2", "dense_3"});

bool comes_after_layers(std::string_view stem) {
  return stem.find("output") != std::string_view::npos ||
         std::find(after_layers.begin(), after_layers.end(), stem) != after_layers.end();
}

bool is_embedding(Role role) {
  return role == Role::token_embedding || role == Role::per_layer_embedding;
}

/// Biases of matrices that are divided by their inputs are added once, after the sum.
bool is_row_parallel(Role role) {
  return role == Role::attn_output || role == Role::ffn_down || role == Role::ffn_down_exps ||
         role == Role::ffn_down_shexp;
}

bool is_shared_expert(Role role) {
  return role == Role::ffn_gate_shexp || role == Role::ffn_up_shexp || role == Role::ffn_down_shexp;
}

Bytes total(const BlockLoad& load) { return load.sharded + load.replicated; }

}  // namespace

// vLLM: layers/linear.py, layers/vocab_parallel_embedding.py and models/*.py.
bool is_sharded(const Tensor& tensor) {
  if (tensor.is_bias() && is_row_parallel(tensor.role)) return false;
  switch (tensor.role) {
    case Role::position_embedding:
    case Role::token_types:
    case Role::embedding_projection:
    case Role::norm:
    case Role::mla_q_a:
    case Role::mla_kv_a:
    case Role::indexer:
    case Role::router:
    case Role::pooler:
    case Role::auxiliary:
    case Role::other:
      return false;
    default:
      return true;
  }
}

BlockLoad& Loads::load_of(const Tensor& tensor) {
  if (tensor.layer >= 0) {
    before_layers_ = false;
    return weights_.blocks[static_cast<std::size_t>(tensor.layer)];
  }
  // A file's order is not a model's: there everything outside the layers comes first.
  if (comes_after_layers(tensor.stem)) return weights_.output;
  return before_layers_ || is_embedding(tensor.role) ? weights_.input : weights_.output;
}

void Loads::put(const Tensor& tensor, Bytes bytes) {
  auto& load = load_of(tensor);
  (is_sharded(tensor) ? load.sharded : load.replicated) += bytes;
  if (tensor.role == Role::attn_k || tensor.role == Role::attn_v) load.kv_heads += bytes;
  if (!is_sharded(tensor)) return;
  if (is_routed_expert(tensor.role)) load.routed += bytes;
  if (is_shared_expert(tensor.role)) load.shared_experts += bytes;
}

void Loads::put_or_host(const Tensor& tensor, Bytes on_device, Bytes on_host) {
  put(tensor, on_device);
  auto& load = load_of(tensor);
  load.host += on_host;
  if (!is_routed_expert(tensor.role)) return;
  if (!is_sharded(tensor)) load.routed += on_device;
  load.host_routed += on_host;
}

void Loads::put_padded_experts(const Tensor& tensor, Bytes bytes) {
  auto& load = load_of(tensor);
  load.sharded += bytes;
  load.experts += bytes;
  load.routed += bytes;
}

void spread(Weights& weights, Bytes bytes, std::size_t layers) {
  weights.blocks.resize(std::max<std::size_t>(layers, 1));
  const auto count = static_cast<std::int64_t>(weights.blocks.size());
  const auto share = Bytes{bytes.count() / count};
  for (auto& block : weights.blocks) block.sharded = share;
  weights.blocks.front().sharded = bytes - share * (count - 1);
}

Bytes device_bytes(const Weights& weights) {
  auto sum = total(weights.input) + total(weights.output);
  for (const auto& block : weights.blocks) sum += total(block);
  return sum;
}

Bytes host_only_bytes(const Weights& weights) {
  return weights.tensor_bytes - weights.draft + weights.adapters + weights.projector;
}

}  // namespace llmfit::sizing
