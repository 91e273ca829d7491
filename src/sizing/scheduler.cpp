// SPDX-License-Identifier: MIT
// How the engine deals a graph to devices and host (ggml: ggml-backend.cpp, ggml_backend_sched):
// nodes follow the weights and caches they read, the others follow their neighbours, and what one
// place reads of another is copied where a run of nodes on one place begins.
#include <algorithm>

#include "sizing/allocator.hpp"
#include "sizing/graph_places.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t device_align = 128;  // ggml-cuda
constexpr std::int64_t host_align = 32;     // ggml

/// Inputs read nothing, neither other nodes nor a cache.
bool is_operation(const GraphNode& node, const NodePlace& note) {
  return node.source_count > 0 || note.cache != nowhere || note.pinned != nowhere;
}

/// Where each node of the order is computed.
class Assignment {
 public:
  Assignment(const Graph& graph, const GraphPlaces& places, bool norms_follow)
      : graph_(graph), places_(places), host_(places.parts().host), found_(graph.nodes().size()) {
    for (const auto index : graph.order()) {
      const auto note = places.of(index);
      found_[index] = note.pinned;
      if (!is_operation(graph.nodes()[index], note)) found_[index] = host_;
      if (norms_follow && note.layer != nowhere) found_[index] = note.layer;
    }
    expand();
    follow_sources();
  }

  [[nodiscard]] const std::vector<PlaceNumber>& places() const { return found_; }

 private:
  [[nodiscard]] bool counts(std::size_t index) const {
    return is_operation(graph_.nodes()[index], places_.of(index)) &&
           places_.of(index).fused_with < 0;
  }

  template <class Begin, class End>
  void sweep(Begin begin, End end, bool devices_only) {
    PlaceNumber current = nowhere;
    for (auto at = begin; at != end; ++at) {
      if (!counts(*at)) continue;
      auto& place = found_[*at];
      if (place != nowhere) {
        current = devices_only && place == host_ ? nowhere : place;
      } else if (current != nowhere) {
        place = current;
      }
    }
  }

  void expand() {
    const auto& order = graph_.order();
    for (const bool devices_only : {true, false}) {
      sweep(order.begin(), order.end(), devices_only);
      sweep(order.rbegin(), order.rend(), devices_only);
    }
  }

  void follow_sources() {
    for (const auto index : graph_.order()) {
      const auto with = places_.of(index).fused_with;
      if (with >= 0) {
        found_[index] = found_[static_cast<std::size_t>(with)];
      } else if (found_[index] == nowhere) {
        const auto& node = graph_.nodes()[index];
        found_[index] = node.source_count > 0 ? found_[node.sources[0].node()] : host_;
      }
    }
  }

  const Graph& graph_;
  const GraphPlaces& places_;
  PlaceNumber host_;
  std::vector<PlaceNumber> found_;
};

/// Memory of a tensor, a copy or a fetched weight.
struct Piece {
  std::int64_t bytes = 0;
  std::int64_t offset = 0;
  std::int32_t readers = 0;
  PlaceNumber place = nowhere;
  bool held = false;
  bool kept = false;
};

class Schedule {
 public:
  Schedule(const Graph& graph, const GraphPlaces& places, bool norms_follow)
      : graph_(graph),
        notes_(places),
        host_(places.parts().host),
        place_(Assignment(graph, places, norms_follow).places()),
        pieces_(graph.nodes().size()),
        copies_(graph.nodes().size()) {
    cut();
    count_readers();
  }

  std::vector<std::int64_t> replay() {
    for (PlaceNumber i = 0; i <= host_; ++i) {
      arenas_.emplace_back(i == host_ ? host_align : device_align);
    }
    std::size_t next = 0;
    for (const auto index : graph_.order()) {
      if (is_ignored(index)) continue;
      for (; next < inputs_.size() && inputs_[next].before == index; ++next) bring(inputs_[next]);
      run(index);
    }
    std::vector<std::int64_t> peaks;
    for (const auto& arena : arenas_) peaks.push_back(arena.peak());
    return peaks;
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  /// A copy that is made where a run of nodes begins.
  struct Input {
    std::size_t before = 0;     ///< the first node of the run
    std::size_t source = none;  ///< the piece that is copied; none: a weight or a cache
    std::size_t piece = 0;
  };

  /// A copy of a node: part 0 is the whole, the others are views of it.
  struct Copy {
    PlaceNumber place = nowhere;
    std::uint32_t part = 0;
    std::size_t piece = 0;
  };
  using Copies = std::vector<Copy>;

  [[nodiscard]] bool is_ignored(std::size_t index) const {
    return notes_.of(index).fused_with >= 0 && place_[index] == host_;
  }

  std::size_t add_piece(std::int64_t bytes, PlaceNumber place, std::int32_t readers) {
    Piece piece;
    piece.bytes = bytes;
    piece.place = place;
    piece.readers = readers;
    pieces_.push_back(piece);
    return pieces_.size() - 1;
  }

  /// The piece that a node on `place` reads for `source`, the owner's own or a copy of it.
  std::size_t piece_of(Ref source, std::uint32_t part, PlaceNumber place) {
    const auto owner = source.node();
    if (place_[owner] == place) return owner;
    auto& copies = copies_[owner];
    for (const auto& copy : copies) {
      if (copy.place == place && copy.part == part) return copy.piece;
    }
    const auto view = part > 0 ? notes_.of(owner).view_bytes : 0;
    const auto piece = add_piece(view > 0 ? view : graph_.nodes()[owner].bytes, place, 0);
    copies.push_back({place, part, piece});
    inputs_.push_back({run_start_, owner, piece});
    ++run_inputs_;
    return piece;
  }

  /// A node, or the copy of it that is there already.
  [[nodiscard]] std::size_t present(std::size_t owner, PlaceNumber place) const {
    for (const auto& copy : copies_[owner]) {
      if (copy.place == place) return copy.piece;
    }
    return owner;
  }

  /// Views that one node reads of the same source are different parts of it.
  static std::uint32_t part_of(const GraphNode& node, std::uint32_t at) {
    if (!node.sources[at].is_view()) return 0;
    std::uint32_t part = 1;
    for (std::uint32_t i = 0; i < at; ++i) {
      const bool same = node.sources[i].node() == node.sources[at].node();
      if (same && node.sources[i].is_view()) ++part;
    }
    return part;
  }

  void bring_weight(std::size_t index, const NodePlace& note) {
    own_[index].push_back(add_piece(note.fetched, place_[index], 1));
    inputs_.push_back({run_start_, none, own_[index].back()});
    ++run_inputs_;
  }

  void bring_cache(std::size_t index, const NodePlace& note) {
    if (note.cache == nowhere || note.cache == place_[index]) return;
    for (const auto bytes : note.cache_views) {
      if (bytes == 0) continue;
      own_[index].push_back(add_piece(bytes, place_[index], 1));
      inputs_.push_back({run_start_, none, own_[index].back()});
      ++run_inputs_;
    }
  }

  /// Runs of nodes on one place; a weight that has to be fetched begins a new one, so that the one
  /// before it can go.
  void cut() {
    own_.resize(graph_.nodes().size());
    reads_.resize(graph_.nodes().size());
    PlaceNumber current = nowhere;
    for (const auto index : graph_.order()) {
      const auto& node = graph_.nodes()[index];
      if (is_ignored(index)) continue;
      const auto note = notes_.of(index);
      if (note.fused_with >= 0 || !is_operation(node, note)) {
        for (std::uint32_t i = 0; i < node.source_count; ++i) {
          reads_[index][i] = present(node.sources[i].node(), place_[index]);
        }
        continue;
      }
      const bool fetches = note.fetches && place_[index] != host_;
      if (place_[index] != current || (fetches && run_inputs_ > 0)) {
        run_start_ = index;
        run_inputs_ = 0;
        current = place_[index];
      }
      if (note.fetched > 0) bring_weight(index, note);
      bring_cache(index, note);
      for (std::uint32_t i = 0; i < node.source_count; ++i) {
        reads_[index][i] =
            piece_of(node.sources[i],
                     part_of(node, i) + note.parts_before * (node.sources[i].is_view() ? 1 : 0),
                     place_[index]);
      }
    }
  }

  void count_readers() {
    for (const auto index : graph_.order()) {
      if (is_ignored(index)) continue;
      const auto& node = graph_.nodes()[index];
      auto& piece = pieces_[index];
      piece.bytes = node.bytes + (place_[index] == host_ ? 0 : notes_.of(index).device_extra);
      piece.place = place_[index];
      piece.kept = node.kept;
      for (std::uint32_t i = 0; i < node.source_count; ++i) ++pieces_[reads_[index][i]].readers;
    }
    for (const auto& input : inputs_) {
      if (input.source != none) ++pieces_[input.source].readers;
    }
  }

  Arena& arena(const Piece& piece) { return arenas_[static_cast<std::size_t>(piece.place)]; }

  void take(Piece& piece) {
    piece.held = true;
    piece.offset = arena(piece).take(piece.bytes);
  }

  void release(std::size_t index) {
    auto& piece = pieces_[index];
    if (--piece.readers > 0 || !piece.held || piece.kept) return;
    piece.held = false;
    arena(piece).give(piece.offset, piece.bytes);
  }

  void bring(const Input& input) {
    if (input.source != none) release(input.source);
    take(pieces_[input.piece]);
  }

  bool takes_over(std::size_t index, const GraphNode& node) {
    auto& piece = pieces_[index];
    for (std::uint32_t i = 0; i < node.source_count; ++i) {
      auto& old = pieces_[reads_[index][i]];
      const bool free = !node.sources[i].is_view() && !old.kept && old.held && old.readers == 1;
      if (!free || old.bytes != piece.bytes) continue;
      old.held = false;
      piece.held = true;
      piece.offset = old.offset;
      return true;
    }
    return false;
  }

  void run(std::size_t index) {
    const auto& node = graph_.nodes()[index];
    if (!node.outside && !(node.in_place && takes_over(index, node))) take(pieces_[index]);
    for (std::uint32_t i = 0; i < node.source_count; ++i) release(reads_[index][i]);
    for (const auto piece : own_[index]) release(piece);
  }

  const Graph& graph_;
  const GraphPlaces& notes_;
  PlaceNumber host_;
  std::vector<PlaceNumber> place_;
  std::vector<Piece> pieces_;  ///< of the nodes, then copies
  std::vector<Copies> copies_;
  std::vector<Input> inputs_;
  std::vector<std::vector<std::size_t>> own_;  ///< pieces that are there for one node alone
  std::vector<std::array<std::size_t, GraphNode::most_sources>> reads_;
  std::vector<Arena> arenas_;
  std::size_t run_start_ = 0;
  std::size_t run_inputs_ = 0;
};

}  // namespace

bool attends_beside_block(const Graph& graph, const GraphPlaces& places) {
  const Assignment assignment(graph, places, true);
  const auto& order = graph.order();
  return std::all_of(order.begin(), order.end(), [&](std::size_t index) {
    const auto block = places.of(index).attends;
    return block == nowhere || assignment.places()[index] == block;
  });
}

std::vector<std::int64_t> scheduled_buffers(const Graph& graph, const GraphPlaces& places,
                                            bool norms_follow) {
  return Schedule(graph, places, norms_follow).replay();
}

}  // namespace llmfit::sizing::llama_cpp
