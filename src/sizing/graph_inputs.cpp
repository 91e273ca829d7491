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
constexpr std::int64_t narrowest_rotation = 64;      // of a quantized cache's rows

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
  if (!is_first() && norms_ != NormPlace::after_part) handed_ = input(hidden);
  if (gathers && !attends_first && !gathers_first) add_state_inputs();
  if (any_rotation(model_, habits_) || (looks_up_ && !setting_.on_device)) {
    positions_ = input(float_bytes * tokens);
  }
  for (const auto& layer : model_.layers) add_cache_inputs(layer);
  if (reads_encoder()) add_cross_inputs();
  if (has_trait(scales_queries)) scales_ = input(float_bytes * tokens);
  if (gathers && attends_first) add_state_inputs();
  if (!is_first()) x_ = input(hidden);
  if (is_last()) picked_ = input(float_bytes * setting_.outputs);
  if (is_first()) embed_positions();
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
    graph_.expand(x_);
    if (has_trait(several_streams)) look_up_layers();
    if (looks_up_) table_ = fresh(width, {positions_});
  }
  const bool encodes = norms_ == NormPlace::after_sum;
  if (!types_.empty() && encodes) x_ = sum(x_, types_);
  if (looks_up_) x_ = encodes ? sum(table_, x_) : sum(x_, table_);
  if (arch_.embedding_norm || encodes || has_trait(norms_embedding)) x_ = norm(x_, width);
  if (has_trait(several_streams)) open_streams();
}

void GraphBuilder::look_up_layers() {
  const auto own = layer_embedding_width * static_cast<std::int64_t>(model_.layers.size());
  layer_inputs_ = over(own, {fresh(own, {layer_numbers_}).viewed()});
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
