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

std::string tensor_name(const Model& model, const Tensor& tensor) {
  static constexpr std::string_view endings[] = {".weight", ".bias", ".scale", ""};
  std::string name;
  if (tensor.layer >= 0) {
    int block = tensor.layer;
    if (const auto& stacks = model.arch.encoder_decoder) {
      const bool encoder = block < stacks->encoder_layers;
      name = encoder ? "enc." : "dec.";
      if (!encoder) block -= stacks->encoder_layers;
    }
    name.append("blk.").append(std::to_string(block)).append(".");
  }
  return name.append(tensor.stem).append(endings[static_cast<std::size_t>(tensor.suffix)]);
}

Elements count_elements(const Model& model) {
  Elements sum;
  for (const auto& tensor : model.tensors) sum += tensor.elements();
  return sum;
}

Elements count_parameters(const Model& model) {
  // Computed by converters: rotary factors, and the table of experts by token (DeepSeek V4).
  static constexpr std::string_view hash_table = "ffn_gate_tid2eid";
  const auto layers = static_cast<int>(model.layers.size());
  Elements sum;
  for (const auto& tensor : model.tensors) {
    const bool repeated = model.arch.tied_embeddings && tensor.role == Role::output &&
                          tensor.suffix == Suffix::weight;
    const bool computed = tensor.role == Role::rope_factors || tensor.stem == hash_table;
    const bool draft = !model.layers.empty() && tensor.layer >= layers;
    if (!repeated && !computed && !draft) sum += tensor.elements();
  }
  return sum;
}

bool allows_commercial_use(std::string_view commercial_use) {
  return commercial_use == "yes" || commercial_use == "conditional";
}

}  // namespace llmfit
