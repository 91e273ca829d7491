// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "sizing/graph.hpp"

namespace llmfit::sizing {

/// A buffer that grows at its end and whose free pieces are used again, best fit first (ggml:
/// ggml-alloc.c).
class Arena {
 public:
  explicit Arena(std::int64_t alignment) : alignment_(alignment), pieces_{{0, unbounded}} {}

  /// Offset of a piece of that many bytes: the smallest free one that is large enough, the latest
  /// of equals; the end of the buffer only where there is none.
  std::int64_t take(std::int64_t bytes);
  /// Gives a piece back; it joins with the free neighbour that is found first, and that one with
  /// its next. Empty pieces count, as they do in the engine.
  void give(std::int64_t offset, std::int64_t bytes);
  [[nodiscard]] std::int64_t peak() const { return peak_; }

 private:
  struct Piece {
    std::int64_t offset;
    std::int64_t bytes;
  };
  static constexpr std::int64_t unbounded = std::int64_t{1} << 62;

  [[nodiscard]] std::int64_t padded(std::int64_t bytes) const;
  void join_with_next(std::size_t i);
  [[nodiscard]] std::size_t best_fit(std::int64_t bytes) const;

  std::int64_t alignment_;
  std::int64_t peak_ = 0;
  std::vector<Piece> pieces_;  ///< free ones by offset; the last has no end
};

/// Size of the buffer in which a graph is computed.
std::int64_t replay(const Graph& graph, std::int64_t alignment);

}  // namespace llmfit::sizing
