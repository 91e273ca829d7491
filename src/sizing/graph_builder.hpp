// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "llmfit/model.hpp"
#include "sizing/graph.hpp"
#include "sizing/graph_habits.hpp"
#include "sizing/graph_places.hpp"

namespace llmfit::sizing::llama_cpp {

/// What a graph depends on beside the model.
struct GraphSetting {
  std::int64_t tokens = 0;        ///< of the physical batch
  std::int64_t outputs = 0;       ///< tokens that get logits
  std::int64_t sequences = 1;     ///< in the batch
  std::int64_t streams = 1;       ///< of the cache: 1 where the sequences share it
  std::int64_t cells = 0;         ///< of one stream of a full cache
  std::int64_t window_cells = 0;  ///< of a windowed one
  bool windows = true;            ///< windowed layers have a cache of their own
  bool flash_attention = true;
  bool transposed_values = false;  ///< the cache was made for attention without flash attention
  bool on_device = true;           ///< on CUDA: else in the host's memory
  std::int64_t copies = 1;         ///< of each input: several where devices take turns
  std::size_t first_block = 0;     ///< of those that the device computes
  std::size_t end_block = 0;       ///< the one after its last

  friend bool operator==(const GraphSetting&, const GraphSetting&) = default;
  TensorType cache_k = TensorType::f16;
  TensorType cache_v = TensorType::f16;
};

enum class NormPlace {
  before,      ///< of each part's input
  after_part,  ///< of each part's output, before it joins the residual
  after_both,  ///< both of these
  after_sum,   ///< of the residual, after each part has joined it
};

/// Inputs that belong to one cache.
struct CacheInputs {
  Ref rotate_k;
  Ref rotate_v;
  Ref slots_k;
  Ref slots_v;
  Ref mask;
};

/// Writes the graph that llama.cpp reserves memory for: a full batch over a full cache. One file
/// for each kind of part.
class GraphBuilder {
 public:
  /// With `places` the whole graph is written as the engine's scheduler sees it, with notes on what
  /// lies where; the setting then says nothing about devices.
  GraphBuilder(const Model& model, const GraphSetting& setting, Graph& graph,
               GraphPlaces* places = nullptr);

  void inputs();
  void block(const Layer& layer, bool last);
  /// The output matrix, or what the next device takes over.
  void finish();

 private:
  // What every part is made of.
  [[nodiscard]] std::int64_t floats(std::int64_t width) const;
  Ref fresh(std::int64_t width, Graph::Sources sources);
  Ref over(std::int64_t width, Graph::Sources sources);
  Ref norm(Ref x, std::int64_t width);
  Ref scheduled_norm(Ref x, std::int64_t width);
  Ref scale_heads(Ref normed, std::int64_t width);
  Ref weighed(Ref node, std::string_view stem);
  Ref matrix(std::int64_t width, Ref x, std::string_view stem);
  Ref biased(Ref product, std::int64_t width, std::string_view stem);
  void store_rows(Graph::Sources sources);
  [[nodiscard]] bool runs_on_device() const { return setting_.on_device || places_ != nullptr; }
  Ref sum(Ref a, Ref b);
  Ref pick(Ref x);  ///< the tokens that get logits
  [[nodiscard]] bool has_trait(GraphTrait trait) const { return has(habits_, trait); }

  // Inputs.
  Ref input(std::int64_t bytes);
  [[nodiscard]] bool gate_crosses(std::size_t block) const;
  void add_stream_inputs();
  void add_crossing_inputs();
  [[nodiscard]] bool norms_before() const {
    return norms_ == NormPlace::before || norms_ == NormPlace::after_both;
  }
  void embed();
  void embed_positions();
  [[nodiscard]] bool is_first() const { return setting_.first_block == 0; }
  [[nodiscard]] bool is_last() const { return setting_.end_block == model_.layers.size(); }
  void head();
  void hand_over();
  CacheInputs cache_inputs(const Layer& layer, std::int64_t cells);
  void add_cache_inputs(const Layer& layer);
  void add_state_inputs();

  // Blocks.
  Ref mix(const Layer& layer, Ref x, Ref normed);
  Ref sequential(const Layer& layer, Ref x, bool last);
  Ref parallel(const Layer& layer, Ref x, bool last);

  // Attention.
  struct Heads {
    Ref q;
    Ref k;
    Ref v;
  };
  Ref attention(const Layer& layer, Ref normed);
  [[nodiscard]] Ref whole(Ref mixed) const;
  Ref gated_attention(const Layer& layer, Ref normed);
  Ref attend(const Layer& layer, Heads heads);
  Heads project(const Layer& layer, Ref normed);
  [[nodiscard]] bool rotates(const Layer& layer) const;
  Heads project_jointly(const Layer& layer, Ref normed);
  Ref project_head(Ref normed, std::int64_t width, bool rotated, std::string_view stem,
                   Ref scales = {});
  [[nodiscard]] std::int64_t cached(const Layer& layer, TensorType type, std::int64_t width) const;
  void read_cache(Ref node, std::int64_t first, std::int64_t second);
  Ref rotate(Ref x, std::int64_t width, bool rotated);
  void store(const Layer& layer, Heads& heads);
  Ref in_half_precision(const Layer& layer, TensorType type, std::int64_t width);
  Ref hadamard(Ref matrix, Ref x, std::int64_t width);
  Ref scores(const Layer& layer, const Heads& heads, std::int64_t value_width);
  Ref encoder_scores(const Layer& layer, Heads heads);
  Ref latent(const Layer& layer, Ref normed);
  Ref expanded_latent(const Layer& layer, Ref normed);
  [[nodiscard]] std::int64_t cells_of(const Layer& layer) const;
  [[nodiscard]] std::int64_t converted(const Layer& layer, std::int64_t k, std::int64_t v) const;
  [[nodiscard]] const CacheInputs& inputs_of(const Layer& layer) const;

  // Feed-forward.
  Ref feed_forward(const Layer& layer, Ref normed);
  Ref dense(Ref normed, std::int64_t width);
  Ref dense_shared(Ref normed, std::int64_t width);
  void fuse(Ref with, Graph::Sources sources);
  [[nodiscard]] bool routes_at_once() const;
  Ref route(Ref normed, Ref& chosen);
  Ref experts(Ref normed);
  Ref shared_expert(Ref normed);

  // Decoders that read an encoder's output.
  [[nodiscard]] bool reads_encoder() const;
  [[nodiscard]] std::int64_t encoded() const;
  void add_cross_inputs();
  Ref biased_attention(const Layer& layer, Ref normed, std::size_t number);
  Ref cross_attention(const Layer& layer, Ref normed);
  void decoder_block(const Layer& layer, bool last);

  // RWKV.
  Ref through(Ref x, std::int64_t rank);
  Ref mixed_value(Ref mixed);
  Ref time_mix(Ref normed, Ref shift, Ref memory);
  void rwkv_block(const Layer& layer, bool last);

  // Several residual streams.
  Ref same_magnitude(Ref x, Ref projected);
  void open_streams();
  void look_up_layers();
  Ref layer_embedding();
  Ref route_streams(Ref x);
  Ref attend_shared(const Layer& layer, Ref normed);
  Ref sparse_feed_forward(const Layer& layer, Ref normed);
  void stream_block(const Layer& layer);
  void close_streams();

  // Recurrence.
  Ref gather_state(std::int64_t elements);
  void gather_others();
  void clear_state();
  void reads_scan(Ref scanned, std::int64_t width);
  Ref mamba1(Ref normed);
  Ref mamba2(Ref normed);
  Ref short_conv(Ref normed);
  Ref delta_net(Ref normed);

  const Model& model_;
  const Architecture& arch_;
  const GraphHabits& habits_;
  const GraphSetting& setting_;
  Graph& graph_;
  GraphPlaces* places_;  ///< null: all of the graph is on one place

  std::int64_t rows_;  ///< tokens that the current part works on
  bool looks_up_;      ///< positions come from a table
  Ref x_;              ///< the residual stream
  Ref handed_;         ///< the first norm, computed on the device before
  Ref layer_numbers_;
  Ref numbers_;  ///< of the tokens, where they are looked up here
  Ref types_;
  Ref table_;  ///< positions that were looked up
  Ref positions_;
  Ref picked_;   ///< numbers of the tokens that get logits
  Ref factors_;  ///< of the rotation, where they have to be copied
  Ref scales_;   ///< of the queries, by position
  Ref states_;   ///< which state belongs to which sequence
  Ref other_states_;
  Ref buckets_;  ///< of relative positions, for every cell
  std::vector<Ref> own_buckets_;
  Ref encoder_output_;
  Ref cross_mask_;
  Ref first_value_;    ///< of RWKV, kept for all layers
  Ref turned_;         ///< all residual streams, transposed
  Ref layers_source_;  ///< what the layers' own embeddings are projected from
  Ref layer_inputs_;   ///< … and what was looked up for them
  Ref layer_embeddings_;
  CacheInputs full_;
  CacheInputs windowed_;
  bool joint_qkv_ = false;
  bool joint_gate_up_ = false;
  NormPlace norms_ = NormPlace::before;
};

}  // namespace llmfit::sizing::llama_cpp
