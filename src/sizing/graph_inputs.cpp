// SPDX-License-Identifier: MIT
// What a graph reads: tokens, positions, masks and slots of the caches, states.
#include <algorithm>
#include <utility>

#include "sizing/graph_builder.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t float_bytes = 4;
constexpr std::int64_t index_bytes = 8;
constexpr std::int64_t layer_embedding_width = 256;  // of Gemma 3n
constexpr std::int64_t residual_streams = 4;
constexpr std::int64_t narrowest_rotation = 64;  // of a quantized cache's rows

/// The widest Hadamard matrix that divides a head, 0 where the engine rotates nothing.
std::int64_t rotation(TensorType type, std::int64_t head) {
  if (layout(type).elements == 1 || head == 0 || head % narrowest_rotation != 0) return 0;
  return head & -head;
}

/// Whether any node of the graph reads positions.
bool any_rotation(const Model& model, const GraphHabits& habits) {
  if (has(habits, no_rope)) return false;
  return std::any_of(model.layers.begin(), model.layers.end(), [&](const Layer& layer) {
    return layer.heads > 0 && (!has(habits, rope_windowed_only) || has_window(layer));
  });
}

/// A transposed cache is written element by element, as wide as its widest layer.
std::int64_t widest_values(const Model& model) {
  std::int64_t widest = 0;
  for (const auto& layer : model.layers) {
    widest = std::max(widest, std::int64_t{layer.kv_heads} * layer.value_head_dim);
  }
  return widest;
}

bool is_recurrent(const Model& model) {
  return model.arch.ssm || model.arch.linear_attention || model.arch.short_conv || model.arch.rwkv;
}

}  // namespace

CacheInputs GraphBuilder::cache_inputs(const Layer& layer, std::int64_t cells) {
  const auto tokens = setting_.tokens;
  const bool latent = layer.kind == LayerKind::mla && arch_.mla;
  const auto rotate_k = latent ? 0 : rotation(setting_.cache_k, layer.head_dim);
  const auto rotate_v =
      latent || rotation(setting_.cache_v, layer.value_head_dim) == 0 ? 0 : narrowest_rotation;
  const auto v_slots = setting_.transposed_values ? widest_values(model_) : 1;
  CacheInputs inputs;
  if (rotate_k > 0) inputs.rotate_k = input(float_bytes * rotate_k * rotate_k);
  if (rotate_v > 0) inputs.rotate_v = input(float_bytes * rotate_v * rotate_v);
  inputs.slots_k = input(index_bytes * tokens);
  if (!latent) inputs.slots_v = input(index_bytes * tokens * v_slots);
  if (reads_encoder()) buckets_ = input(float_bytes * tokens * cells);
  inputs.mask = input((setting_.flash_attention ? 2 : float_bytes) * tokens * cells);
  return inputs;
}

/// Where devices take turns every input exists once for each copy of the graph, and none of them
/// is ever given back (ggml: ggml-backend.cpp).
Ref GraphBuilder::input(std::int64_t bytes) {
  const auto used = graph_.input(bytes);
  if (setting_.copies == 1) return used;
  for (std::int64_t i = 1; i < setting_.copies; ++i) graph_.keep(graph_.input(bytes));
  return graph_.keep(used);
}

/// In the order in which the first layers read them.
void GraphBuilder::inputs() {
  const auto tokens = setting_.tokens;
  const auto hidden = float_bytes * tokens * arch_.hidden_size;
  const auto& first = model_.layers.front();
  const bool attends_first = first.heads > 0;
  const bool gathers_first = setting_.on_device && !attends_first && !has_trait(embeds_first) &&
                             first.kind != LayerKind::linear_attention;
  const bool gathers = is_recurrent(model_);
  if (gathers && gathers_first) add_state_inputs();
  if (is_first()) embed();
  if (!is_first() && norms_before()) handed_ = input(hidden);
  if (gathers && !attends_first && !gathers_first) add_state_inputs();
  if (any_rotation(model_, habits_) || (looks_up_ && !setting_.on_device)) {
    positions_ = input(float_bytes * tokens * (has_trait(four_positions) ? 4 : 1));
  }
  if (places_ != nullptr && places_->rotary_factors() > 0) {
    factors_ = graph_.input(0);
    places_->is_read_in_part(factors_, places_->rotary_factors());
  }
  for (const auto& layer : model_.layers) add_cache_inputs(layer);
  if (reads_encoder()) add_cross_inputs();
  if (has_trait(scales_queries)) scales_ = input(float_bytes * tokens);
  if (gathers && attends_first) add_state_inputs();
  add_crossing_inputs();
  if (!is_first()) x_ = input(has_trait(several_streams) ? residual_streams * hidden : hidden);
  if (is_last()) picked_ = input(float_bytes * setting_.outputs);
  if (is_first()) embed_positions();
}

/// Whether the next block's states are gathered, on its own device, before a Mamba block on the
/// device before is finished: its gate is then computed there, from a part of the projection.
bool GraphBuilder::gate_crosses(std::size_t block) const {
  if (block == 0 || block >= model_.layers.size() || !arch_.ssm) return false;
  const auto& before = model_.layers[block - 1];
  // Experts are added up at once, and everything before them with it.
  const bool routed = before.ffn == FfnKind::experts || before.ffn == FfnKind::both;
  if (before.kind != LayerKind::mamba || routed) return false;
  while (block + 1 < model_.layers.size() && model_.layers[block].kind == LayerKind::none) ++block;
  return model_.layers[block].kind == LayerKind::mamba;
}

/// The last device opens the residual streams and hands them to the first.
void GraphBuilder::add_stream_inputs() {
  const auto width = arch_.hidden_size;
  const auto blocks = static_cast<std::int64_t>(setting_.end_block - setting_.first_block);
  const auto all = layer_embedding_width * static_cast<std::int64_t>(model_.layers.size());
  if (is_first()) {
    input(floats((2 * residual_streams + 1) * width));
    return;
  }
  turned_ = input(floats(residual_streams * width));
  layer_embeddings_ = input(floats(layer_embedding_width * blocks));
  if (is_last()) input(floats(all + width));
}

void GraphBuilder::add_crossing_inputs() {
  if (setting_.copies == 1) return;
  if (has_trait(several_streams)) add_stream_inputs();
  if (arch_.rwkv) {
    // States are gathered before the last block is done, so parts of it go back and forth.
    if (!is_last()) input(floats(arch_.hidden_size));
    if (!is_first()) input(floats(3 * arch_.hidden_size));
  }
  const auto inner = arch_.ssm ? std::int64_t{arch_.ssm->d_inner} : 0;
  if (gate_crosses(setting_.first_block)) {
    const auto& ssm = *arch_.ssm;
    const auto all = ssm.version == 1
                         ? 2 * inner
                         : 2 * inner + 2 * std::int64_t{ssm.n_groups} * ssm.d_state + ssm.heads;
    input(float_bytes * ((setting_.tokens - 1) * all + inner));
  }
  if (!is_last() && gate_crosses(setting_.end_block)) input(floats(inner));
}

/// The embedding is looked up on the host and handed to the device.
void GraphBuilder::embed() {
  const auto hidden = float_bytes * setting_.tokens * arch_.hidden_size;
  const auto own = layer_embedding_width * static_cast<std::int64_t>(model_.layers.size());
  if (setting_.on_device) {
    if (has_trait(several_streams)) layer_inputs_ = input(floats(own));
    x_ = input(hidden);
    if (arch_.token_types > 0) types_ = input(float_bytes * arch_.hidden_size);
    if (looks_up_) table_ = input(hidden);
  } else {
    numbers_ = graph_.input(float_bytes * setting_.tokens);
    graph_.input(hidden);  // for embeddings from elsewhere: there, though nothing reads it
    if (has_trait(several_streams)) layer_numbers_ = graph_.input(float_bytes * setting_.tokens);
  }
}

void GraphBuilder::embed_positions() {
  const auto width = arch_.hidden_size;
  if (!setting_.on_device) {
    x_ = fresh(width, {numbers_});
    if (places_ != nullptr) places_->stays_on_host(x_);
    graph_.expand(x_);
    if (has_trait(several_streams)) look_up_layers();
    if (looks_up_) table_ = fresh(width, {positions_});
    if (looks_up_ && places_ != nullptr) places_->stays_on_host(table_);
  }
  const bool encodes = norms_ == NormPlace::after_sum;
  if (!types_.empty() && encodes) x_ = sum(x_, types_);
  if (looks_up_) x_ = encodes ? sum(table_, x_) : sum(x_, table_);
  if (arch_.embedding_norm || encodes || has_trait(norms_embedding)) x_ = norm(x_, width);
  if (has_trait(several_streams)) open_streams();
}

void GraphBuilder::look_up_layers() {
  const auto own = layer_embedding_width * static_cast<std::int64_t>(model_.layers.size());
  const auto rows = fresh(own, {layer_numbers_});
  layer_inputs_ = over(own, {rows.viewed()});
  if (places_ != nullptr) places_->stays_on_host(rows);
  graph_.expand(layer_inputs_);
}

void GraphBuilder::add_cache_inputs(const Layer& layer) {
  auto& target = setting_.windows && has_window(layer) ? windowed_ : full_;
  if (!target.mask.empty()) return;
  if (holds_tokens(layer)) {
    target = cache_inputs(layer, cells_of(layer));
  } else if (arch_.kind == ModelKind::encoder) {
    const auto mask = setting_.flash_attention ? 2 : float_bytes;
    target.mask = input(mask * setting_.tokens * setting_.tokens);
  }
}

void GraphBuilder::add_state_inputs() {
  states_ = input(float_bytes * setting_.sequences);
  other_states_ = setting_.on_device ? input(0) : states_.viewed();
}

}  // namespace llmfit::sizing::llama_cpp
