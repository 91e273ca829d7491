// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text_memo.hpp"
#include "llmfit/model.hpp"

namespace llmfit::model {

/// A width made of several factors; sticks at the largest number instead of wrapping, so that an
/// absurd dimension ends as `too_large` where the elements are counted.
std::int64_t product(std::int64_t a, std::int64_t b, std::int64_t c = 1);
/// The same for a width that is a sum.
std::int64_t sum(std::int64_t a, std::int64_t b);

/// Collects the tensors of a model in the order in which a GGUF file holds them.
class TensorList {
 public:
  explicit TensorList(std::size_t expected) { tensors_.reserve(expected); }

  /// The block that the following tensors belong to, -1: none.
  void enter_layer(int layer) { layer_ = layer; }

  /// The stem decides what the tensor is for; it must outlive the list.
  void add(std::string_view stem, Suffix suffix, std::array<std::int64_t, 4> shape);

  void matrix(std::string_view stem, std::int64_t in, std::int64_t out, std::int64_t count = 1) {
    add(stem, Suffix::weight, {in, out, count, 1});
  }
  void vector(std::string_view stem, std::int64_t width) { matrix(stem, width, 1); }
  void bias(std::string_view stem, std::int64_t width, std::int64_t count = 1) {
    add(stem, Suffix::bias, {width, count, 1, 1});
  }
  /// A tensor whose name has no ending.
  void bare(std::string_view stem, std::int64_t width, std::int64_t rows = 1) {
    add(stem, Suffix::none, {width, rows, 1, 1});
  }
  /// A normalisation of the given kind over `width` elements.
  void norm(Norm kind, std::string_view stem, std::int64_t width);

  [[nodiscard]] Elements elements() const;
  [[nodiscard]] std::vector<Tensor> take() { return std::move(tensors_); }

 private:
  std::vector<Tensor> tensors_;
  base::TextMemo<Role> roles_;
  int layer_ = -1;
};

}  // namespace llmfit::model
