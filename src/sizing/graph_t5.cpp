// SPDX-License-Identifier: MIT
// The decoder of an encoder-decoder model: relative positions as a bias on the scores, and
// attention over the encoder's output (llama.cpp: src/models/t5.cpp).
#include "sizing/cache.hpp"
#include "sizing/graph_builder.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t float_bytes = 4;
constexpr std::int64_t half_bytes = 2;

}  // namespace

/// Tokens of the encoder's output where nothing was encoded yet: as many as it was trained for.
std::int64_t GraphBuilder::encoded() const {
  return model_.context_length ? model_.context_length->count() : setting_.tokens;
}

void GraphBuilder::add_cross_inputs() {
  const auto tokens = setting_.tokens;
  encoder_output_ = input(float_bytes * encoded() * arch_.hidden_size);
  const auto mask = setting_.flash_attention ? half_bytes : float_bytes;
  cross_mask_ = input(mask * tokens * encoded());
  if (!runs_on_device()) return;
  // Every layer's view of them is copied to the device on its own.
  const auto buckets = float_bytes * tokens * setting_.cells;
  const auto layers = arch_.encoder_decoder->decoder_layers;
  for (std::int32_t i = 0; i < layers; ++i)
    own_buckets_.push_back(i == 0 || places_ != nullptr ? buckets_ : input(buckets));
}

/// Flash attention has no room for a bias, so the scores are always kept.
Ref GraphBuilder::biased_attention(const Layer& layer, Ref normed, std::size_t number) {
  const auto width = std::int64_t{layer.heads} * layer.value_head_dim;
  const auto cells = setting_.cells;
  auto heads = project(layer, normed);
  store(layer, heads);
  Ref values;
  if (!setting_.transposed_values) {
    const auto row = cache_row_bytes(setting_.cache_v, width).count();
    values = graph_.fresh(row * cells * setting_.streams, {});
    read_cache(values, row * cells * setting_.streams, 0);
  }
  const auto all = layer.heads * cells;
  const auto scored = fresh(all, {heads.q.viewed()});
  read_cache(scored, cached(layer, setting_.cache_k, width), 0);
  const auto own = runs_on_device() ? own_buckets_[number] : buckets_;
  const auto looked_up = fresh(all, {own});
  // Looked up where the first layer has the table.
  if (places_ != nullptr && places_->parts().blocks.front() == places_->parts().host) {
    places_->stays_on_host(looked_up);
  }
  const auto bias = fresh(all, {looked_up.viewed()});
  const auto weights = over(all, {over(all, {scored, bias}), full_.mask});
  const auto mixed = fresh(width, {fresh(width, {values, weights}).viewed()});
  graph_.expand(mixed);
  return matrix(arch_.hidden_size, mixed, "attn_o");
}

Ref GraphBuilder::cross_attention(const Layer& layer, Ref normed) {
  const auto width = std::int64_t{layer.heads} * layer.head_dim;
  const auto all = float_bytes * encoded() * width;
  const auto q = matrix(width, normed, "cross_attn_q");
  const auto k = graph_.fresh(all, {encoder_output_});
  const auto v = graph_.fresh(all, {encoder_output_});
  if (places_ != nullptr) {
    places_->reads_weight(k, "cross_attn_k", encoded());
    places_->reads_weight(v, "cross_attn_v", encoded());
  }
  graph_.expand(q);
  graph_.expand(k);
  graph_.expand(v);
  Ref mixed;
  if (setting_.flash_attention) {
    const auto keys = graph_.fresh(all / 2, {k.viewed()});
    const auto values = graph_.fresh(all / 2, {v.viewed()});
    mixed = fresh(width, {q.viewed(), keys, values, cross_mask_});
    if (places_ != nullptr) places_->attends(mixed);
  } else {
    const auto values = graph_.fresh(all, {v.viewed()});
    const auto scored = fresh(layer.heads * encoded(), {k.viewed(), q.viewed()});
    const auto weights = over(layer.heads * encoded(), {scored, cross_mask_});
    mixed = fresh(width, {fresh(width, {values, weights}).viewed()});
  }
  graph_.expand(mixed);
  return matrix(arch_.hidden_size, mixed.viewed(), "cross_attn_o");
}

void GraphBuilder::decoder_block(const Layer& layer, bool last) {
  const auto width = arch_.hidden_size;
  const auto first = static_cast<std::ptrdiff_t>(arch_.encoder_decoder->encoder_layers);
  const auto number = static_cast<std::size_t>(&layer - model_.layers.data() - first);
  const auto own = sum(biased_attention(layer, norm(x_, width), number), x_);
  auto crossed = cross_attention(layer, norm(own, width));
  auto stream = own;
  if (last) {
    crossed = pick(crossed);
    stream = pick(stream);
    rows_ = setting_.outputs;
  }
  x_ = sum(crossed, stream);
  x_ = sum(feed_forward(layer, norm(x_, width)), x_);
}

}  // namespace llmfit::sizing::llama_cpp
