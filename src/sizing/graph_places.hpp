// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"
#include "sizing/graph.hpp"

namespace llmfit::sizing::llama_cpp {

/// Number of a device, or of the host, which comes after the last device.
using PlaceNumber = std::int16_t;
inline constexpr PlaceNumber nowhere = -1;

/// Where each part of a model lies when not all of it is on devices.
struct PartPlaces {
  PlaceNumber host = 1;
  std::vector<PlaceNumber> blocks;
  std::vector<bool> host_experts;  ///< routed experts of a block that lie in host memory
  PlaceNumber output = 0;          ///< final norm and output matrix
  bool caches_on_host = false;     ///< of all blocks, else beside the block's weights
  bool op_offload = true;          ///< large batches are computed on a device all the same

  friend bool operator==(const PartPlaces&, const PartPlaces&) = default;

  [[nodiscard]] PlaceNumber cache_of(std::size_t block) const {
    return caches_on_host ? host : blocks[block];
  }
};

/// Blocks `first` to `last`, both included.
struct BlockRun {
  std::int32_t first = -1;  ///< -1: outside of the blocks
  std::int32_t last = -1;
};

/// Bytes that weights take on a device when they are copied there, by their names.
class TensorSizes {
 public:
  TensorSizes(const Model& model, const Format& format);

  /// The largest of a run; 0: its blocks have no such tensor.
  [[nodiscard]] std::int64_t of(BlockRun run, std::string_view stem) const;
  [[nodiscard]] std::int64_t bias_of(BlockRun run, std::string_view stem) const;
  [[nodiscard]] std::int64_t rotary_factors() const;      ///< of positions, that a graph reads
  [[nodiscard]] std::int64_t all_rotary_factors() const;  ///< those that every place has
  /// A number that differs where any size does.
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  struct Entry {
    std::string_view stem;
    bool bias = false;
    std::vector<std::int64_t> bytes;  ///< outside of the blocks, then of each block
  };
  [[nodiscard]] std::int64_t find(BlockRun run, std::string_view stem, bool bias) const;
  Entry& entry_of(std::string_view stem, bool bias, std::size_t blocks);

  std::vector<Entry> entries_;
  std::uint64_t fingerprint_ = 0xcbf29ce484222325;
};

/// What the engine's scheduler needs to know of one node beside its sources.
struct NodePlace {
  PlaceNumber pinned = nowhere;   ///< a weight or a cache says where it is computed
  PlaceNumber layer = nowhere;    ///< a norm, which follows its block where that is said
  PlaceNumber attends = nowhere;  ///< flash attention: where its block lies
  PlaceNumber cache = nowhere;    ///< where the cache lies that it reads
  std::int32_t fused_with = -1;  ///< a device's kernel at that node reads more than its steps would
  bool fetches = false;          ///< its weight lies elsewhere and is copied
  std::uint8_t parts_before = 0;  ///< of the same source, that other nodes read
  std::int64_t fetched = 0;
  std::int64_t view_bytes = 0;    ///< of a part that others read through a view; 0: all of it
  std::int64_t device_extra = 0;  ///< bytes that it takes on a device alone
  std::array<std::int64_t, 2> cache_views{};  ///< bytes of the cache that it reads
};

/// Notes of a graph's builder for the scheduler (ggml: ggml-backend.cpp).
class GraphPlaces {
 public:
  GraphPlaces(const PartPlaces& parts, const TensorSizes& sizes) : parts_(parts), sizes_(sizes) {}

  /// What follows belongs to `block`, which stands for a run of others like it.
  void begin_block(std::int32_t block, BlockRun run) {
    block_ = block;
    run_ = run;
  }
  void begin_block(std::int32_t block) { begin_block(block, {block, block}); }
  [[nodiscard]] std::size_t block() const { return static_cast<std::size_t>(block_); }
  /// The node multiplies `rows` rows with a weight of the block.
  void reads_weight(Ref node, std::string_view stem, std::int64_t rows);
  /// The node adds a bias of the block, or works with another small tensor of that name.
  void reads_bias(Ref node, std::string_view stem, std::int64_t rows);
  [[nodiscard]] bool has_bias(std::string_view stem) const {
    return sizes_.bias_of(run_, stem) > 0;
  }
  void reads_cache(Ref node, std::int64_t first, std::int64_t second);
  void writes_cache(std::size_t node);
  void stays_on_host(Ref node) { note(node.node()).pinned = parts_.host; }
  void norms_block(Ref node);
  void attends(Ref node);
  /// The node scales `rows` rows of `width` floats with the weights of a norm.
  void reads_norm(Ref node, std::int64_t width, std::int64_t rows);
  void grows_on_device(Ref node, std::int64_t bytes) { note(node.node()).device_extra += bytes; }
  void is_read_in_part(Ref node, std::int64_t bytes) { note(node.node()).view_bytes = bytes; }
  void is_fused(std::size_t node, Ref with) {
    note(node).fused_with = static_cast<std::int32_t>(with.node());
  }
  void reads_another_part(std::size_t node) { note(node).parts_before = 1; }
  /// Whether the block's weights lie in host memory, the rotary factors with them.
  [[nodiscard]] bool is_host_block() const {
    return parts_.blocks[static_cast<std::size_t>(block_)] == parts_.host;
  }
  [[nodiscard]] std::int64_t rotary_factors() const { return sizes_.rotary_factors(); }
  void reads_factors(Ref node) { note(node.node()).fetches = true; }

  [[nodiscard]] NodePlace of(std::size_t node) const {
    return node < notes_.size() ? notes_[node] : NodePlace{};
  }
  [[nodiscard]] const PartPlaces& parts() const { return parts_; }

 private:
  NodePlace& note(std::size_t node);
  [[nodiscard]] PlaceNumber place_of(std::string_view stem) const;
  void reads(Ref node, PlaceNumber weight, std::int64_t bytes, std::int64_t rows);

  const PartPlaces& parts_;
  const TensorSizes& sizes_;
  std::int32_t block_ = -1;
  BlockRun run_;
  std::vector<NodePlace> notes_;
};

/// Whether flash attention is computed where its block lies: "auto" gives it up otherwise
/// (src/llama-context.cpp). The graph is that of one token a sequence.
bool attends_beside_block(const Graph& graph, const GraphPlaces& places);

/// Buffers in which each place computes its part of the graph: the engine's scheduler, replayed.
std::vector<std::int64_t> scheduled_buffers(const Graph& graph, const GraphPlaces& places,
                                            bool norms_follow);

}  // namespace llmfit::sizing::llama_cpp
