// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "llmfit/model.hpp"
#include "sizing/llama_cpp_names.hpp"

namespace llmfit::sizing {

/// What llama.cpp's quantizer knows of a model beside its tensors' names and shapes.
struct QuantizerTraits {
  bool falcon = false;
  bool seventy = false;      ///< llama.cpp calls its size 70B
  bool gqa4 = false;         ///< four or more query heads to a key and value head
  bool has_output = false;   ///< an output matrix beside the embedding
  std::int64_t experts = 0;  ///< routed, of a layer
  std::int64_t blocks = 0;   ///< with those for drafting; of an encoder-decoder the encoder's
  std::int64_t values = 0;   ///< matrices that count as `Part::attn_v`
};

QuantizerTraits quantizer_traits(const Model& model, const std::vector<Treatment>& treatments);

}  // namespace llmfit::sizing
