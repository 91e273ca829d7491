// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "llmfit/model.hpp"

namespace llmfit::model {

/// A width made of several factors; sticks at the largest number instead of wrapping, so that an
/// absurd dimension ends as `too_large` where the elements are counted.
std::int64_t product(std::int64_t a, std::int64_t b, std::int64_t c = 1);

/// Collects the tensors of a model in the order in which a GGUF file holds them.
class TensorList {
 public:
  explicit TensorList(std::size_t expected) { tensors_.reserve(expected); }

  /// The block that the following tensors belong to, -1: none.
  void enter_layer(int layer) { layer_ = layer; }

  void matrix(Role role, std::int64_t in, std::int64_t out, std::int64_t count = 1) {
    tensors_.push_back({role, false, layer_, {in, out, count}});
  }
  void vector(Role role, std::int64_t width) { matrix(role, width, 1); }
  void bias(Role role, std::int64_t width, std::int64_t count = 1) {
    tensors_.push_back({role, true, layer_, {width, count, 1}});
  }
  /// A normalisation of the given kind over `width` elements.
  void norm(Norm kind, std::int64_t width);

  [[nodiscard]] std::vector<Tensor> take() { return std::move(tensors_); }

 private:
  std::vector<Tensor> tensors_;
  int layer_ = -1;
};

}  // namespace llmfit::model
