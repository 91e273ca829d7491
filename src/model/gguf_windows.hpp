// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "llmfit/model.hpp"
#include "model/gguf_dims.hpp"

namespace llmfit::model {

/// Which layers see only the latest tokens, and how many.
class GgufWindows {
 public:
  GgufWindows(GgufDims& dims, std::size_t layers);

  [[nodiscard]] bool slides(std::size_t layer) const;
  /// Whether the file or its architecture tells layers with a window from others.
  [[nodiscard]] bool has_pattern() const { return period_ > 0 || !by_layer_.empty(); }
  [[nodiscard]] std::int32_t tokens() const { return tokens_; }
  /// `sliding`, or `chunked` where windows do not overlap.
  [[nodiscard]] LayerKind kind() const { return kind_; }

 private:
  std::int32_t tokens_ = 0;
  LayerKind kind_ = LayerKind::sliding;
  std::int32_t period_ = 0;   ///< the last layer of so many sees everything, 0: none does
  bool whole_first_ = false;  ///< the first one instead
  std::vector<std::int32_t> by_layer_;
};

}  // namespace llmfit::model
