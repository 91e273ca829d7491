// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace llmfit::sizing {

/// A result that another one reads. Views (reshaped, permuted, a part) own no memory: they keep
/// their owner alive, and nobody may write over it through them.
class Ref {
 public:
  constexpr Ref() = default;
  constexpr explicit Ref(std::size_t node) : bits_(static_cast<std::int32_t>(node) * 2) {}

  [[nodiscard]] constexpr bool empty() const { return bits_ < 0; }
  [[nodiscard]] constexpr bool is_view() const { return (bits_ & 1) != 0; }
  [[nodiscard]] constexpr std::size_t node() const { return static_cast<std::size_t>(bits_ / 2); }
  [[nodiscard]] constexpr Ref viewed() const {
    Ref view = *this;
    if (!empty()) view.bits_ |= 1;
    return view;
  }

 private:
  std::int32_t bits_ = -1;  ///< the node's number x 2, and 1 for a view
};

/// A tensor of a compute graph that needs memory of its own, or a write to memory outside of it.
struct GraphNode {
  static constexpr std::size_t most_sources = 8;

  std::int64_t bytes = 0;  ///< unpadded
  std::array<Ref, most_sources> sources{};
  std::uint32_t source_count = 0;
  std::int32_t readers = 0;  ///< how often other nodes of the order name it
  bool in_place = false;     ///< may be written over a source that nobody else reads
  bool outside = false;      ///< it writes to a cache and owns nothing
  bool kept = false;          ///< an output: its memory is never given back
  bool ordered = false;
};

/// What an engine computes for one batch, as far as memory is concerned: nodes are made in any
/// order and join the order of execution with everything they read when they are `expand`ed (ggml:
/// ggml_build_forward_expand).
class Graph {
 public:
  using Sources = std::initializer_list<Ref>;

  /// Memory that is there before the first node: joins the order at once.
  Ref input(std::int64_t bytes);
  Ref fresh(std::int64_t bytes, Sources sources);
  /// An operation that writes over its first source of the same size that has no other reader.
  Ref in_place(std::int64_t bytes, Sources sources);
  /// A write to memory outside of the graph; joins the order at once.
  void write(Sources sources);
  Ref keep(Ref ref);
  void expand(Ref ref);

  [[nodiscard]] const std::vector<GraphNode>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<std::size_t>& order() const { return order_; }
  void reserve(std::size_t nodes);

 private:
  Ref add(std::int64_t bytes, Sources sources);

  std::vector<GraphNode> nodes_;
  std::vector<std::size_t> order_;
};

}  // namespace llmfit::sizing
