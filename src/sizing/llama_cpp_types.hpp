// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"
#include "sizing/llama_cpp_recipes.hpp"

namespace llmfit::sizing {

/// Which type llama.cpp's quantizer gives each tensor. It counts as it goes along, so every tensor
/// of the model has to be asked for once, in the model's order.
class LlamaCppTypes {
 public:
  LlamaCppTypes(const Model& model, const Format& format);

  TensorType next(const Tensor& tensor);

  /// True for the first parts of a matrix that the file holds fused with the values.
  [[nodiscard]] bool precedes_fused(const Tensor& tensor) const {
    return fused_ && !tensor.is_bias() && (tensor.role == Role::attn_q || tensor.role == Role::attn_k);
  }

 private:
  TensorType wanted(const Tensor& tensor);
  TensorType output_type(const Tensor& tensor) const;
  TensorType by_rule(Part part, const Tensor& tensor);
  [[nodiscard]] bool applies(Who who) const;
  std::int64_t index_of(Part part, const Tensor& tensor);

  Recipe recipe_;
  bool falcon_ = false;
  bool fused_ = false;       ///< one matrix holds queries, keys and values
  bool seventy_ = false;     ///< llama.cpp calls its size 70B
  bool gqa4_ = false;        ///< four or more query heads to a key and value head
  bool has_output_ = false;  ///< an output matrix beside the embedding
  std::int64_t experts_ = 0;
  std::int64_t layers_ = 0;
  std::int64_t values_ = 0;  ///< layers with attention
  std::int64_t next_value_ = 0;
  std::int64_t next_down_ = 0;
  std::int64_t next_gate_ = 0;
  std::int64_t next_up_ = 0;
};

/// Thousandths of a bit per element of a model whose tensors are not known; absent for a format
/// without a recipe.
std::optional<std::int64_t> typical_millibits(const Model& model, const Format& format);

}  // namespace llmfit::sizing
