// SPDX-License-Identifier: MIT
#include "sizing/served_types.hpp"

#include <algorithm>
#include <array>

#include "sizing/engine_vllm.hpp"
#include "sizing/packing.hpp"

namespace llmfit::sizing {
namespace {

/// The linear layers among the tensors of Mamba, short convolution, RWKV and the sparse-attention
/// indexer, sorted. The others (convolutions, decays, time steps, mixes) are small and no linear
/// layers, or feed an exponential, so that recipes leave them out.
constexpr auto linear_stems = std::to_array<std::string_view>({
    "channel_mix_key",
    "channel_mix_receptance",
    "channel_mix_value",
    "indexer.attn_k",
    "indexer.attn_q_b",
    "shortconv.in_proj",
    "shortconv.out_proj",
    "ssm_in",
    "ssm_out",
    "time_mix_gate",
    "time_mix_key",
    "time_mix_output",
    "time_mix_receptance",
    "time_mix_value",
});

bool is_linear(std::string_view stem) {
  return std::binary_search(linear_stems.begin(), linear_stems.end(), stem);
}

/// The matrices of the layers that every format packs. llm-compressor, AutoAWQ, AutoGPTQ, ModelOpt
/// and bitsandbytes leave embeddings, output, norms and routers alone, and so do their loaders.
bool is_layer_matrix(const Tensor& tensor) {
  if (tensor.suffix != Suffix::weight || tensor.layer < 0 || !tensor.is_matrix()) return false;
  switch (tensor.role) {
    case Role::norm:
    case Role::router:
    case Role::attn_sinks:
    case Role::auxiliary:
    case Role::draft:
    case Role::per_layer_embedding:
      return false;
    case Role::recurrent:
    case Role::indexer:
      return is_linear(tensor.stem);
    default:
      return true;
  }
}

std::optional<Scheme> with_bits(Scheme scheme, std::int32_t millibits) {
  if (millibits == 0) return std::nullopt;
  scheme.millibits = millibits;
  return scheme;
}

TensorType plain_type(const Format& format) {
  return format.scheme ? TensorType::bf16 : format.type;
}

Bytes bytes_in(const Tensor& tensor, const Format& format, const std::optional<Scheme>& scheme) {
  if (scheme) return packed_bytes(tensor, *scheme);
  return row_bytes(plain_type(format), tensor.shape[0]) * tensor.shape[1] * tensor.shape[2] *
         tensor.shape[3];
}

bool has_vocabulary(const Tensor& tensor) {
  return tensor.role == Role::token_embedding || tensor.role == Role::output;
}

/// The tensor as vLLM allocates it.
Tensor with_padded_vocabulary(Tensor tensor) {
  auto& size = tensor.shape[tensor.is_bias() ? 0 : 1];
  const auto padded = pad(Elements{size}, vllm::vocabulary_step).count();
  if (tensor.stored && size > 0) {
    const auto row = tensor.stored->bytes.count() / size;
    tensor.stored->bytes += Bytes{row} * (padded - size);
  }
  size = padded;
  return tensor;
}

}  // namespace

std::optional<Scheme> scheme_of(const Tensor& tensor, const Format& format) {
  if (!format.scheme) return std::nullopt;
  const auto& scheme = *format.scheme;
  if (scheme.experts_only && !is_routed_expert(tensor.role)) return std::nullopt;
  if (is_layer_matrix(tensor)) return scheme;
  if (tensor.suffix != Suffix::weight) return std::nullopt;
  if (tensor.role == Role::output) return with_bits(scheme, scheme.head_millibits);
  if (tensor.role == Role::token_embedding || tensor.role == Role::per_layer_embedding) {
    return with_bits(scheme, scheme.embedding_millibits);
  }
  return std::nullopt;
}

Bytes file_bytes(const Tensor& tensor, const Format& format) {
  if (format.as_stored && tensor.stored) return tensor.stored->bytes;
  return bytes_in(tensor, format, scheme_of(tensor, format));
}

Bytes loaded_bytes(const Tensor& tensor, const Format& format) {
  const bool pads = format.engine == Engine::vllm && has_vocabulary(tensor);
  const auto allocated = pads ? with_padded_vocabulary(tensor) : tensor;
  if (format.as_stored && tensor.stored) return allocated.stored->bytes;
  auto scheme = scheme_of(allocated, format);
  if (scheme) scheme = on_device(*scheme);
  return bytes_in(allocated, format, scheme);
}

}  // namespace llmfit::sizing
