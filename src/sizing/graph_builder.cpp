// SPDX-License-Identifier: MIT
// Inputs, the order of a block's parts, and the output head.
#include "sizing/graph_builder.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "model/habits.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t float_bytes = 4;
constexpr std::int64_t index_bytes = 8;
constexpr std::int64_t layer_embedding_width = 256;  // of Gemma 3n
constexpr std::int64_t narrowest_rotation = 64;  // of a quantized cache's rows

std::string_view architecture_of(const Model& model) {
  return model.architecture ? std::string_view(*model.architecture) : std::string_view{};
}

/// The widest Hadamard matrix that divides a head, 0 where the engine rotates nothing.
std::int64_t rotation(TensorType type, std::int64_t head) {
  if (layout(type).elements == 1 || head == 0 || head % narrowest_rotation != 0) return 0;
  return head & -head;
}

/// Four norms of a layer are two around each of its parts.
NormPlace place_of_norms(std::string_view first, std::int32_t count) {
  if (first == "post_attention_norm") return NormPlace::after_part;
  if (first == "attn_output_norm") return NormPlace::after_sum;
  return count >= 4 ? NormPlace::after_both : NormPlace::before;
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
  return model.arch.ssm || model.arch.linear_attention || model.arch.short_conv ||
         model.arch.rwkv;
}

}  // namespace

GraphBuilder::GraphBuilder(const Model& model, const GraphSetting& setting, Graph& graph)
    : model_(model),
      arch_(model.arch),
      habits_(graph_habits_of(architecture_of(model))),
      setting_(setting),
      graph_(graph),
      rows_(setting.tokens),
      looks_up_(arch_.position_embeddings > 0) {
  const auto& names = model::habits_of(architecture_of(model));
  joint_qkv_ = model::has(names, model::fused_qkv);
  joint_gate_up_ = model::has(names, model::fused_gate_up);
  norms_ = place_of_norms(names.norms.front(), arch_.norms_per_layer);
}

std::int64_t GraphBuilder::floats(std::int64_t width) const {
  return float_bytes * width * rows_;
}

Ref GraphBuilder::fresh(std::int64_t width, Graph::Sources sources) {
  return graph_.fresh(floats(width), sources);
}

Ref GraphBuilder::over(std::int64_t width, Graph::Sources sources) {
  return graph_.in_place(floats(width), sources);
}

/// RMS norms are computed in place, others are not (ggml: ggml_op_can_inplace); weight and bias
/// always are.
Ref GraphBuilder::norm(Ref x, std::int64_t width) {
  if (!handed_.empty()) return fresh(width, {std::exchange(handed_, Ref{})});
  return arch_.norm == Norm::rmsnorm ? over(width, {x}) : fresh(width, {x});
}

Ref GraphBuilder::sum(Ref a, Ref b) { return over(arch_.hidden_size, {a, b}); }

Ref GraphBuilder::pick(Ref x) {
  return graph_.fresh(float_bytes * arch_.hidden_size * setting_.outputs, {x, picked_});
}

CacheInputs GraphBuilder::cache_inputs(const Layer& layer, std::int64_t cells) {
  const auto tokens = setting_.tokens;
  const bool latent = layer.kind == LayerKind::mla && arch_.mla;
  const auto rotate_k = latent ? 0 : rotation(setting_.cache_k, layer.head_dim);
  const auto rotate_v = latent || rotation(setting_.cache_v, layer.value_head_dim) == 0
                            ? 0
                            : narrowest_rotation;
  const auto v_slots =
      setting_.transposed_values ? widest_values(model_) : 1;
  CacheInputs inputs;
  if (rotate_k > 0) inputs.rotate_k = input(float_bytes * rotate_k * rotate_k);
  if (rotate_v > 0) inputs.rotate_v = input(float_bytes * rotate_v * rotate_v);
  inputs.slots_k = input(index_bytes * tokens);
  if (!latent) inputs.slots_v = input(index_bytes * tokens * v_slots);
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

bool GraphBuilder::reads_encoder() const {
  return arch_.kind == ModelKind::encoder_decoder && arch_.encoder_decoder &&
         arch_.encoder_decoder->relative_buckets > 0;
}

void GraphBuilder::block(const Layer& layer, bool last) {
  if (reads_encoder()) {
    if (layer.kind != LayerKind::bidirectional) decoder_block(layer, last);
    return;
  }
  if (has_trait(several_streams)) {
    stream_block(layer);
    return;
  }
  if (layer.kind == LayerKind::rwkv && arch_.rwkv && arch_.rwkv->lora_decay > 0) {
    rwkv_block(layer, last);
    return;
  }
  const bool picks = last && !has_trait(picks_at_end) && !has_trait(picks_after_norm);
  x_ = habits_.residual == Residual::sequential || layer.ffn == FfnKind::none
           ? sequential(layer, x_, picks)
           : parallel(layer, x_, picks);
}

Ref GraphBuilder::mix(const Layer& layer, Ref x, Ref normed) {
  switch (layer.kind) {
    case LayerKind::mamba:
      if (!arch_.ssm) break;
      return arch_.ssm->version == 1 ? mamba1(normed) : mamba2(normed);
    case LayerKind::attention_mamba: {
      const auto attended = attention(layer, normed);
      return arch_.ssm ? sum(attended, mamba2(norm(x, arch_.hidden_size))) : attended;
    }
    case LayerKind::short_conv:
      if (!arch_.short_conv) break;
      return short_conv(normed);
    case LayerKind::linear_attention:
      if (!arch_.linear_attention) break;
      return delta_net(normed);
    default:
      if (layer.heads > 0) return attention(layer, normed);
      break;
  }
  // A kind that is not known in detail: some matrix.
  return fresh(arch_.hidden_size, {fresh(arch_.hidden_size, {normed})});
}

Ref GraphBuilder::sequential(const Layer& layer, Ref x, bool last) {
  const auto width = arch_.hidden_size;
  const bool before = norms_ == NormPlace::before || norms_ == NormPlace::after_both;
  const auto join = [&](Ref part, Ref stream, GraphTrait swapped) {
    return has_trait(swapped) ? sum(stream, part) : sum(part, stream);
  };
  if (layer.kind != LayerKind::none) {
    auto mixed = mix(layer, x, before ? norm(x, width) : x);
    const bool picks_sum = layer.kind == LayerKind::attention_mamba;
    if (last && !picks_sum) {
      mixed = pick(mixed);
      x = pick(x);
      rows_ = setting_.outputs;
    }
    if (norms_ == NormPlace::after_both || norms_ == NormPlace::after_part) {
      mixed = norm(mixed, width);
    }
    x = join(mixed, x, attention_joins);
    if (last && picks_sum) {
      x = pick(x);
      rows_ = setting_.outputs;
    }
    if (norms_ == NormPlace::after_sum) x = norm(x, width);
  } else if (last) {
    x = pick(x);
    rows_ = setting_.outputs;
  }
  if (layer.ffn == FfnKind::none) return x;
  auto out = feed_forward(layer, before ? norm(x, width) : x);
  if (norms_ == NormPlace::after_both || norms_ == NormPlace::after_part) out = norm(out, width);
  out = join(out, x, ffn_joins);
  return norms_ == NormPlace::after_sum ? norm(out, width) : out;
}

Ref GraphBuilder::parallel(const Layer& layer, Ref x, bool last) {
  const auto width = arch_.hidden_size;
  auto normed = norm(x, width);
  auto attended = mix(layer, x, normed);
  const bool separate = habits_.residual == Residual::two_norms;
  if (last) {
    attended = pick(attended);
    x = pick(x);
    if (!separate) normed = pick(normed);
    rows_ = setting_.outputs;
  }
  const auto fed = feed_forward(layer, separate ? norm(x, width) : normed);
  switch (habits_.residual) {
    case Residual::into_attention:
      return sum(sum(attended, fed), x);
    case Residual::into_ffn:
      return sum(sum(fed, attended), x);
    default:
      return sum(sum(fed, x), attended);
  }
}

void GraphBuilder::finish() {
  if (is_last()) {
    head();
  } else {
    hand_over();
  }
}

/// The next block's norm has no weights of its own, so it is computed here.
void GraphBuilder::hand_over() {
  if (norms_ == NormPlace::before || norms_ == NormPlace::after_both) {
    const auto normed = norm(x_, arch_.hidden_size);
    graph_.expand(normed);
    graph_.write({normed});
  }
  graph_.write({x_});
}

void GraphBuilder::head() {
  const auto width = arch_.hidden_size;
  if (has_trait(several_streams)) close_streams();
  if (has_trait(picks_at_end)) {
    x_ = pick(has_trait(several_streams) ? x_ : graph_.keep(x_));
    rows_ = setting_.outputs;
  }
  if (arch_.final_norm) x_ = graph_.keep(norm(x_, width));
  if (has_trait(picks_after_norm)) {
    x_ = graph_.keep(pick(x_));
    rows_ = setting_.outputs;
  }
  if (arch_.lm_head && arch_.kind != ModelKind::encoder) x_ = graph_.keep(fresh(arch_.vocab_size, {x_}));
  graph_.expand(x_);
}

}  // namespace llmfit::sizing::llama_cpp
