// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/hf_names.hpp"
#include "model/hf_tensors.hpp"

namespace llmfit::model {

/// A tensor of a checkpoint with its place in the model.
struct HfPiece {
  const FileTensor* file = nullptr;
  HfName name;
  int layer = -1;
  bool packed = false;  ///< its elements are not those of the matrix

  [[nodiscard]] Elements elements() const;
  [[nodiscard]] bool is_side() const { return name.part == HfName::Part::side; }
};

/// Null for buffers; towers have their part.
std::optional<HfPiece> piece_of(const FileTensor& file, const HfLayers& layers);

/// Tensors that GGUF files and checkpoints cut or name in different ways, under one name.
std::string_view family_of(std::string_view stem);

}  // namespace llmfit::model
