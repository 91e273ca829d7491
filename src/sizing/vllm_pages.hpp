// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "llmfit/sizing.hpp"

/// vLLM's cache: layers of a kind share pools of pages, and a page is as large for every kind
/// (vllm/v1/core/kv_cache_utils.py, vllm/v1/kv_cache_interface.py).
namespace llmfit::sizing::vllm {

/// Tokens of a cache block (vllm/config/cache.py, CUDA and ROCm), latent attention apart.
inline constexpr std::int64_t block_tokens = 16;

/// Layers that keep the same for a token, or the same state.
struct PageKind {
  const Layer* layer = nullptr;  ///< one of them
  bool is_state = false;
  std::int64_t layers = 0;
  std::int64_t window = 0;  ///< 0: the whole context
  Bytes token;              ///< of one layer on one rank; of a state: for one sequence
  Bytes page;               ///< of one layer
  std::int64_t tokens = 0;  ///< of a page; 0 for a state
  std::int64_t groups = 1;  ///< of `Pages::group_size()` layers each
};

class Pages {
 public:
  /// Pages of the model on one of `ranks` ranks.
  Pages(const Model& model, const Workload& workload, std::int64_t ranks);

  /// Layers, padding included, that share a block's number: the pools of memory.
  [[nodiscard]] std::int64_t group_size() const { return group_size_; }
  /// One block in all pools of a stage that holds `layers` of the model's `all` layers with a
  /// cache.
  [[nodiscard]] Bytes block_bytes(std::int64_t layers, std::int64_t all) const;
  /// Layers with a cache or a state.
  [[nodiscard]] std::int64_t layers() const;
  /// Blocks that one sequence of `context` tokens needs.
  [[nodiscard]] std::int64_t blocks(std::int64_t context) const;
  [[nodiscard]] std::int64_t groups() const;
  /// Tokens of the smallest block.
  [[nodiscard]] std::int64_t smallest_block() const;

  /// What a layer takes for all sequences of the workload, its share of the padding included: keys
  /// and values, and the state.
  [[nodiscard]] Bytes cache(const Layer& layer) const;
  [[nodiscard]] Bytes state(const Layer& layer) const;
  /// The same of all layers: shares of padding are rounded up layer by layer, this is not.
  [[nodiscard]] Bytes all_caches() const;
  [[nodiscard]] Bytes all_states() const;

  [[nodiscard]] const std::vector<PageKind>& kinds() const { return kinds_; }

 private:
  void collect();
  void count(const Layer& layer, bool is_state);
  void set_blocks();
  void equalise();
  void form_groups();
  [[nodiscard]] bool is_uniform() const;
  [[nodiscard]] std::int64_t window_of(const Layer& layer) const;
  [[nodiscard]] std::int64_t blocks_of(const PageKind& kind, std::int64_t context) const;
  [[nodiscard]] Bytes kind_bytes(const PageKind& kind) const;
  [[nodiscard]] Bytes layer_bytes(const PageKind& kind) const;
  [[nodiscard]] Bytes sum(bool states) const;
  [[nodiscard]] Bytes find(const Layer& layer, bool is_state) const;

  const Model& model_;
  const Workload& workload_;
  std::int64_t ranks_;
  std::vector<PageKind> kinds_;
  bool uniform_ = true;  ///< one group, whatever the widths of its layers
  std::int64_t group_size_ = 0;
  Bytes page_;  ///< of every kind, where there are several groups
};

}  // namespace llmfit::sizing::vllm
