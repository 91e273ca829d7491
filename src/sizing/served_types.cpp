// SPDX-License-Identifier: MIT
#include "sizing/served_types.hpp"

#include "sizing/engine_vllm.hpp"

namespace llmfit::sizing {
namespace {

bool is_floating(TensorType type) {
  return type == TensorType::f32 || type == TensorType::f16 || type == TensorType::bf16;
}

bool is_routed_expert(Role role) {
  return role == Role::ffn_gate_exps || role == Role::ffn_up_exps || role == Role::ffn_down_exps;
}

bool is_quantized(const Tensor& tensor, TensorType type) {
  if (tensor.is_bias() || tensor.layer < 0 || !tensor.is_matrix()) return false;
  // vLLM: layers/quantization/mxfp4.py converts the experts and nothing else.
  if (type == TensorType::mxfp4) return is_routed_expert(tensor.role);
  switch (tensor.role) {
    case Role::norm:
    case Role::router:
    case Role::attn_sinks:
    case Role::auxiliary:
      return false;
    default:
      return true;
  }
}

}  // namespace

TensorType served_type(const Tensor& tensor, const Format& format) {
  if (is_floating(format.type) || is_quantized(tensor, format.type)) return format.type;
  return TensorType::bf16;
}

Bytes served_bytes(const Tensor& tensor, TensorType type) {
  const auto& blocks = layout(type);
  const auto elements = tensor.elements();
  if (elements.overflowed()) return Bytes::max();
  const auto rest = elements.count() % blocks.elements;
  const auto rows = Bytes{tensor.shape[1]} * tensor.shape[2] * tensor.shape[3];
  return Bytes{elements.count() / blocks.elements} * blocks.bytes +
         Bytes{(rest * blocks.bytes + blocks.elements - 1) / blocks.elements} +
         rows * blocks.row_bytes;
}

Tensor as_allocated(const Tensor& tensor, Engine engine) {
  if (engine != Engine::vllm) return tensor;
  auto allocated = tensor;
  const bool by_token = tensor.role == Role::token_embedding || tensor.role == Role::output;
  const std::size_t vocabulary = tensor.is_bias() ? 0 : 1;
  auto& size = allocated.shape[vocabulary];
  if (by_token) size = pad(Elements{size}, vllm::vocabulary_step).count();
  return allocated;
}

}  // namespace llmfit::sizing
