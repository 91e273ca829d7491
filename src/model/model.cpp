// SPDX-License-Identifier: MIT
#include "llmfit/model.hpp"

namespace llmfit {

std::string_view to_string(ModelSource source) {
  switch (source) {
    case ModelSource::catalog:
      return "catalog";
    case ModelSource::overlay:
      return "overlay";
    case ModelSource::gguf:
      return "gguf";
    case ModelSource::safetensors:
      return "safetensors";
    case ModelSource::config:
      return "config";
    case ModelSource::parameters:
      return "parameters";
  }
  return "catalog";
}

Elements count_elements(const Model& model) {
  Elements sum;
  for (const auto& tensor : model.tensors) sum += tensor.elements();
  return sum;
}

}  // namespace llmfit
