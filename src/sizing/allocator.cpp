// SPDX-License-Identifier: MIT
#include "sizing/allocator.hpp"

#include <algorithm>

namespace llmfit::sizing {

std::int64_t Arena::padded(std::int64_t bytes) const {
  return (bytes + alignment_ - 1) / alignment_ * alignment_;
}

std::size_t Arena::best_fit(std::int64_t bytes) const {
  const auto last = pieces_.size() - 1;
  auto best = last;
  auto least = unbounded;
  for (std::size_t i = 0; i < last; ++i) {
    if (pieces_[i].bytes < bytes || pieces_[i].bytes > least) continue;
    best = i;
    least = pieces_[i].bytes;
  }
  return best;
}

std::int64_t Arena::take(std::int64_t bytes) {
  bytes = padded(bytes);
  const auto at = best_fit(bytes);
  auto& piece = pieces_[at];
  const auto offset = piece.offset;
  piece.offset += bytes;
  piece.bytes -= bytes;
  if (piece.bytes == 0) pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(at));
  peak_ = std::max(peak_, offset + bytes);
  return offset;
}

void Arena::give(std::int64_t offset, std::int64_t bytes) {
  bytes = padded(bytes);
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    auto& piece = pieces_[i];
    if (piece.offset + piece.bytes == offset) {
      piece.bytes += bytes;
      join_with_next(i);
      return;
    }
    if (offset + bytes == piece.offset) {
      piece.offset = offset;
      piece.bytes += bytes;
      if (i > 0) join_with_next(i - 1);
      return;
    }
  }
  const auto next = std::find_if(pieces_.begin(), pieces_.end(),
                                 [&](const Piece& piece) { return piece.offset >= offset; });
  pieces_.insert(next, {offset, bytes});
}

void Arena::join_with_next(std::size_t i) {
  if (i + 1 == pieces_.size()) return;
  const auto next = pieces_[i + 1];
  if (pieces_[i].offset + pieces_[i].bytes != next.offset) return;
  pieces_[i].bytes += next.bytes;
  pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
}

namespace {

/// One pass over the graph: every node takes its memory, and what it was the last to read gives
/// its own back.
class Replay {
 public:
  Replay(const Graph& graph, std::int64_t alignment)
      : nodes_(graph.nodes()), arena_(alignment), places_(nodes_.size()) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) places_[i].readers = nodes_[i].readers;
  }

  void run(std::size_t index) {
    const auto& node = nodes_[index];
    if (!node.outside) place(node, places_[index]);
    for (std::uint32_t i = 0; i < node.source_count; ++i) release(node.sources[i]);
  }

  [[nodiscard]] std::int64_t peak() const { return arena_.peak(); }

 private:
  struct Place {
    std::int64_t offset = 0;
    std::int32_t readers = 0;
    bool held = false;
  };

  void place(const GraphNode& node, Place& place) {
    place.held = true;
    if (node.in_place && takes_over(node, place)) return;
    place.offset = arena_.take(node.bytes);
  }

  bool takes_over(const GraphNode& node, Place& place) {
    for (std::uint32_t i = 0; i < node.source_count; ++i) {
      const auto source = node.sources[i];
      const auto& owner = nodes_[source.node()];
      auto& old = places_[source.node()];
      if (source.is_view() || owner.kept || !old.held || old.readers != 1) continue;
      if (owner.bytes != node.bytes) continue;
      old.held = false;
      place.offset = old.offset;
      return true;
    }
    return false;
  }

  void release(Ref source) {
    const auto& owner = nodes_[source.node()];
    auto& place = places_[source.node()];
    if (--place.readers > 0 || !place.held || owner.kept) return;
    place.held = false;
    arena_.give(place.offset, owner.bytes);
  }

  const std::vector<GraphNode>& nodes_;
  Arena arena_;
  std::vector<Place> places_;
};

}  // namespace

std::int64_t replay(const Graph& graph, std::int64_t alignment) {
  Replay pass(graph, alignment);
  for (const auto index : graph.order()) pass.run(index);
  return pass.peak();
}

}  // namespace llmfit::sizing
