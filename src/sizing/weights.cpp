// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>

#include "llmfit/sizing.hpp"
#include "sizing/engine_llama_cpp.hpp"
#include "sizing/llama_cpp_types.hpp"
#include "sizing/served_weights.hpp"
#include "sizing/weight_loads.hpp"
#include "sizing/widths.hpp"

namespace llmfit {
namespace {

/// BERT-like architectures have no output matrix, so the embedding is not copied to the device.
constexpr auto encoders =
    std::to_array<std::string_view>({"bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2",
                                     "jina-bert-v3", "modern-bert", "neo-bert", "eurobert"});

bool is_unresolved(const Model& model) {
  return model.tensors.size() == 1 && model.tensors.front().role == Role::unresolved;
}

bool stays_on_host(const Tensor& tensor) {
  return tensor.role == Role::token_embedding || tensor.role == Role::position_embedding ||
         tensor.role == Role::token_types || tensor.role == Role::per_layer_embedding;
}

/// True where the embedding serves as the output matrix too: llama.cpp then keeps a copy of it on
/// the device (src/llama-model.cpp).
bool copies_embedding(const Model& model) {
  const bool untied = std::any_of(
      model.tensors.begin(), model.tensors.end(),
      [](const Tensor& tensor) { return tensor.role == Role::output && !tensor.is_bias(); });
  if (untied) return false;
  return !model.architecture ||
         std::find(encoders.begin(), encoders.end(), *model.architecture) == encoders.end();
}

/// Blocks for drafting are numbered on after the model's layers.
bool is_draft(const Model& model, const Tensor& tensor) {
  return tensor.layer >= static_cast<int>(model.layers.size());
}

Bytes llama_cpp_bytes(const Tensor& tensor, TensorType type, const Format& format) {
  if (format.as_stored && tensor.stored) return tensor.stored->bytes;
  return row_bytes(type, tensor.shape[0]) * tensor.shape[1] * tensor.shape[2] * tensor.shape[3];
}

/// Bytes of the tensors that were weighed last: layers repeat the same few shapes in order.
class TensorBytes {
 public:
  struct Entry {
    TensorType type{};
    std::array<std::int64_t, 4> shape{};
    Elements elements;
    Bytes bytes;
    Bytes on_device;
  };

  const Entry& of(const Tensor& tensor, TensorType type, const Format& format) {
    const auto& shape = tensor.shape;
    const auto mixed = static_cast<std::uint64_t>(shape[0]) * 31 +
                       static_cast<std::uint64_t>(shape[1]) * 7 +
                       static_cast<std::uint64_t>(shape[2]) + static_cast<std::uint64_t>(type);
    auto& entry = entries_[static_cast<std::size_t>(mixed % entries_.size())];
    if (entry.type == type && entry.shape == shape && !format.as_stored) return entry;
    const auto bytes = llama_cpp_bytes(tensor, type, format);
    return entry = {type, shape, tensor.elements(), bytes,
                    sizing::llama_cpp::cuda_tensor(bytes, type, shape[0])};
  }

 private:
  std::array<Entry, 61> entries_;
};

/// llama.cpp with every layer on one CUDA device: embeddings stay in host memory.
void weigh_llama_cpp(Weights& weights, const Model& model, const Format& format,
                     sizing::QuantizerView& view) {
  const auto types = sizing::tensor_types(model, format, view);
  sizing::Loads loads(weights);
  TensorBytes known;
  const bool copies = copies_embedding(model);
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto& tensor = model.tensors[i];
    if (tensor.role == Role::pooler) continue;  // not in the file
    const auto& [type, shape, elements, bytes, on_device] = known.of(tensor, types[i], format);
    weights.tensor_bytes += bytes;
    weights.elements += elements;
    ++weights.tensor_count;
    if (is_draft(model, tensor)) {
      weights.draft += bytes;
      continue;
    }
    if (!stays_on_host(tensor)) {
      loads.put_or_host(tensor, on_device, pad(bytes, sizing::llama_cpp::host_align));
      continue;
    }
    weights.host += pad(bytes, sizing::llama_cpp::host_align);
    if (copies && tensor.role == Role::token_embedding) weights.output.sharded += on_device;
  }
}

/// `value` x `numerator` / `denominator`, rounded up, without wrapping on the way.
Bytes scaled(std::int64_t value, std::int64_t numerator, std::int64_t denominator) {
  const auto rest = value % denominator * numerator;
  return Bytes{value / denominator} * numerator + Bytes{(rest + denominator - 1) / denominator};
}

Bytes unresolved_bytes(const Model& model, const Format& format, std::int64_t elements) {
  const auto millibits = format.engine == Engine::llama_cpp
                             ? sizing::typical_millibits(model, format)
                             : std::optional<std::int64_t>{};
  if (millibits) return scaled(elements, *millibits, 8000);
  return scaled(elements, std::llround(nominal_bits(format) * 100000), 800000);
}

/// The textbook rule. A product below 2^53 is exact as long as the factor is.
Bytes textbook_bytes(const Format& format, std::int64_t parameters) {
  const double bytes = std::ceil(static_cast<double>(parameters) * format.bytes_per_parameter);
  constexpr double limit = 9.2e18;
  return bytes < limit ? Bytes{static_cast<std::int64_t>(bytes)} : Bytes::max();
}

/// Models of which only the size is known, and the engine that looks at nothing else.
void weigh_by_size(Weights& weights, const Model& model, const Format& format) {
  const bool textbook = format.engine == Engine::params;
  const auto counted = count_elements(model);
  const auto elements = textbook ? model.parameters.value_or(counted) : counted;
  weights.elements = elements;
  weights.tensor_bytes = textbook ? textbook_bytes(format, elements.count())
                                  : unresolved_bytes(model, format, elements.count());
  weights.tensor_count = static_cast<std::int64_t>(model.tensors.size());
  weights.basis = Basis::estimate;
  sizing::spread(weights, weights.tensor_bytes, model.layers.size());
}

bool overflowed(const Weights& weights) {
  return weights.tensor_bytes.overflowed() || weights.elements.overflowed() ||
         weights.host.overflowed() || sizing::device_bytes(weights).overflowed();
}

}  // namespace

struct Weigher::Seen {
  std::optional<sizing::QuantizerView> quantizer;
};

Weigher::Weigher(const Model& model) : model_(model), seen_(std::make_unique<Seen>()) {}
Weigher::~Weigher() = default;

Result<Weights> Weigher::weigh(const Format& format) {
  Weights weights;
  weights.blocks.resize(model_.layers.size());
  if (format.engine == Engine::params || is_unresolved(model_)) {
    weigh_by_size(weights, model_, format);
  } else if (format.engine == Engine::llama_cpp) {
    if (!seen_->quantizer) seen_->quantizer.emplace(model_);
    weigh_llama_cpp(weights, model_, format, *seen_->quantizer);
  } else {
    sizing::weigh_served(weights, model_, format);
  }
  if (overflowed(weights)) {
    return fail(ErrorCode::too_large, "the weights of " + model_.id + " exceed 2^63 bytes",
                "check the dimensions or the number of parameters");
  }
  if (weights.elements > Elements{0}) {
    weights.bits_per_weight = 8 * static_cast<double>(weights.tensor_bytes.count()) /
                              static_cast<double>(weights.elements.count());
  }
  return weights;
}

Result<Weights> weigh(const Model& model, const Format& format) {
  return Weigher(model).weigh(format);
}

}  // namespace llmfit
