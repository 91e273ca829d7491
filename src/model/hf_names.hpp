// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "llmfit/model.hpp"

namespace llmfit::model {

/// What a tensor of a Hugging Face checkpoint is, told by its name.
struct HfName {
  enum class Part {
    weights,  ///< of the language model
    packed,   ///< weights in fewer bits: the shape is not the matrix's
    side,     ///< scales, zero points, code tables and orders of packed weights
    tower,    ///< a vision or audio part
    buffer,   ///< nothing that was trained
  };

  Part part = Part::weights;
  std::string_view module;  ///< the name without what it says beyond the tensor
  std::string_view stem;    ///< as in GGUF files; empty: not known
  Suffix suffix = Suffix::none;
  int layer = -1;
  int expert = -1;  ///< number among the experts of its layer
  bool encoder = false;
  bool decoder = false;
  bool draft = false;  ///< of a multi-token-prediction part that is numbered for itself
};

/// The views point into `name` or to static text.
HfName parse_hf_name(std::string_view name);

/// The GGUF stem of a module inside a layer, or outside of layers; empty: not known.
std::string_view hf_layer_stem(std::string_view module);
std::string_view hf_model_stem(std::string_view module);

/// The other way round: every module that a class names so.
std::vector<std::string_view> hf_layer_modules(std::string_view stem);
std::vector<std::string_view> hf_model_modules(std::string_view stem);

}  // namespace llmfit::model
