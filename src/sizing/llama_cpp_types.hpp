// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"
#include "sizing/llama_cpp_names.hpp"
#include "sizing/llama_cpp_traits.hpp"

namespace llmfit::sizing {

/// Thousandths of a bit per element of a model whose tensors are not known; absent for a format
/// without a recipe.
std::optional<std::int64_t> typical_millibits(const Model& model, const Format& format);

/// What the quantizer reads off a model, whatever the file type.
struct QuantizerView {
  explicit QuantizerView(const Model& model);

  std::vector<Treatment> treatments;
  QuantizerTraits traits;
  std::vector<std::int64_t> places;  ///< in the loader's order; empty: not looked up yet
};

/// The type of every tensor under a file type, as `tensor_types` has it.
std::vector<TensorType> tensor_types(const Model& model, const Format& format, QuantizerView& view);

}  // namespace llmfit::sizing
