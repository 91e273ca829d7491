// SPDX-License-Identifier: MIT
#include "model/gguf_format.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace llmfit::model {
namespace {

constexpr auto type_count = static_cast<std::size_t>(TensorType::nvfp4) + 1;

/// Elements of the matrices by type.
class Census {
 public:
  explicit Census(const std::vector<GgufTensor>& tensors) {
    for (const auto& tensor : tensors) {
      const bool matrix = tensor.shape[1] > 1;
      if (matrix && tensor.type->type) add(*tensor.type->type, tensor);
    }
  }

  [[nodiscard]] std::optional<TensorType> most() const {
    const auto* const found = std::max_element(elements_.begin(), elements_.end());
    if (*found == Elements{0}) return std::nullopt;
    return static_cast<TensorType>(found - elements_.begin());
  }
  /// Whether no other type occurs; what stays in 32 bits in every format does not count.
  [[nodiscard]] bool alone(TensorType type) const {
    for (std::size_t i = 0; i < type_count; ++i) {
      const auto other = static_cast<TensorType>(i);
      if (other != type && other != TensorType::f32 && elements_[i] > Elements{0}) return false;
    }
    return true;
  }

 private:
  void add(TensorType type, const GgufTensor& tensor) {
    elements_[static_cast<std::size_t>(type)] +=
        Elements{tensor.shape[0]} * tensor.shape[1] * tensor.shape[2] * tensor.shape[3];
  }

  std::array<Elements, type_count> elements_{};
};

bool is_plain(TensorType type) {
  return type == TensorType::f32 || type == TensorType::f16 || type == TensorType::bf16;
}

/// Fewer than 16 bits an element, over all tensors.
bool is_quantized(const std::vector<GgufTensor>& tensors) {
  Bytes bytes;
  Bytes plain;
  for (const auto& tensor : tensors) {
    bytes += Bytes{static_cast<std::int64_t>(tensor.bytes)};
    plain += Bytes{2} * tensor.shape[0] * tensor.shape[1] * tensor.shape[2] * tensor.shape[3];
  }
  return bytes < plain;
}

const GgufFileType* file_type(const GgufFiles& files, const Census& census, TensorType most,
                              bool quantized) {
  const auto declared = files.metadata.number("general.file_type");
  if (!declared) return census.alone(most) ? gguf_file_type_of(most) : nullptr;
  const auto* const type = gguf_file_type(*declared);
  if (type == nullptr) return nullptr;
  // A label that the tensors contradict: all of them are of another type.
  if (!is_plain(most) && type->type != most && census.alone(most)) return gguf_file_type_of(most);
  const bool borne_out = is_plain(type->type) ? type->type == most : quantized;
  return borne_out ? type : nullptr;
}

}  // namespace

ModelFile describe_gguf(const GgufFiles& files) {
  const Census census(files.tensors);
  const auto most = census.most().value_or(TensorType::f32);
  ModelFile file;
  file.quantized = is_quantized(files.tensors);
  file.parts = files.parts;
  for (const auto& tensor : files.tensors) {
    file.tensor_bytes += Bytes{static_cast<std::int64_t>(tensor.bytes)};
  }
  file.metadata_bytes = Bytes{static_cast<std::int64_t>(files.bytes)} - file.tensor_bytes;
  const auto* const type = file_type(files, census, most, file.quantized);
  file.format.id = type == nullptr ? "mixed" : type->name;
  file.format.name = "as in the file";
  file.format.engine = Engine::llama_cpp;
  file.format.type = most;
  file.format.as_stored = true;
  return file;
}

}  // namespace llmfit::model
