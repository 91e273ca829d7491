// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "llmfit/model.hpp"
#include "sizing/llama_cpp_recipes.hpp"

/// What llama.cpp's quantizer reads off a tensor's name: it knows tensors by parts of their names,
/// so one that llmfit has no role for is treated as the engine would treat it.
namespace llmfit::sizing {

/// What the quantizer makes of one tensor.
struct Treatment {
  Part part = Part::other;         ///< what it takes the tensor for
  std::optional<TensorType> kept;  ///< the type in which converters write what it leaves alone
};

/// Of every tensor of the model, in its order.
std::vector<Treatment> treatments_of(const Model& model);

/// For each tensor, how many of the same part come before it in the loader's order. Zero for parts
/// that are not counted.
std::vector<std::int64_t> places_in_loader(const Model& model,
                                           const std::vector<Treatment>& treatments);

}  // namespace llmfit::sizing
