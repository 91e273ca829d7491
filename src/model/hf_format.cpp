// SPDX-License-Identifier: MIT
#include "model/hf_format.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "model/hf_names.hpp"

namespace llmfit::model {
namespace {

/// Types of whole files and the formats that they are called.
struct Plain {
  TensorType type;
  std::string_view id;
  std::string_view name;
};
constexpr auto plain_formats = std::to_array<Plain>({{TensorType::bf16, "bf16", "BF16"},
                                                     {TensorType::f16, "fp16", "FP16"},
                                                     {TensorType::f32, "fp32", "FP32"},
                                                     {TensorType::fp8, "fp8", "FP8"},
                                                     {TensorType::int8, "w8a8", "W8A8 INT8"}});

/// The type with the most bytes.
TensorType main_type(const std::vector<FileTensor>& tensors) {
  std::map<TensorType, Bytes> sums;
  for (const auto& tensor : tensors) {
    if (tensor.type->type) sums[*tensor.type->type] += Bytes{tensor.bytes};
  }
  const auto most = std::max_element(
      sums.begin(), sums.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == sums.end() ? TensorType::bf16 : most->first;
}

bool is_packed(const FileTensor& tensor) {
  return parse_hf_name(tensor.name).part == HfName::Part::packed;
}

}  // namespace

Format hf_format(const std::vector<FileTensor>& tensors,
                 const std::optional<HfQuantization>& quantization, std::string& id,
                 std::string& name) {
  Format format;
  format.engine = Engine::vllm;
  format.as_stored = true;
  format.type = main_type(tensors);
  if (quantization) {
    id = quantization->id;
    name = quantization->name;
    format.engine = quantization->engine;
    format.scheme = quantization->scheme;
  } else if (std::any_of(tensors.begin(), tensors.end(), is_packed)) {
    id = name = "mixed";  // quantized, and nothing beside it says how
  } else {
    for (const auto& plain : plain_formats) {
      if (plain.type != format.type) continue;
      id = plain.id;
      name = plain.name;
    }
  }
  format.id = id;
  format.name = name;
  return format;
}

bool is_quantized(const Format& format) {
  if (format.scheme || format.id == "mixed") return true;
  return format.type == TensorType::fp8 || format.type == TensorType::int8;
}

}  // namespace llmfit::model
