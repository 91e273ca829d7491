// SPDX-License-Identifier: MIT
// Gemma 3n: four residual streams of which one is computed and the others are predicted, a low-rank
// path beside attention, and embeddings of every layer's own (llama.cpp: src/models/gemma3n.cpp).
#include "sizing/graph_builder.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

// Of both sizes of the model.
constexpr std::int64_t streams = 4;
constexpr std::int64_t low_rank = 64;
constexpr std::int64_t layer_width = 256;
constexpr std::ptrdiff_t sparse_layers = 10;

}  // namespace

/// Every stream is brought to the size of the first one.
Ref GraphBuilder::same_magnitude(Ref x, Ref projected) {
  const auto width = arch_.hidden_size;
  const auto own = over(1, {fresh(1, {over(width, {x})})});
  const auto scaled = over((streams - 1) * width, {projected, own});
  const auto squares = over((streams - 1) * width, {projected});
  const auto theirs = over(streams - 1, {fresh(streams - 1, {squares})});
  return over((streams - 1) * width, {scaled, theirs});
}

void GraphBuilder::open_streams() {
  const auto width = arch_.hidden_size;
  const auto others = (streams - 1) * width;
  const auto repeated = fresh(others, {x_});
  const auto projected = fresh(others, {repeated});
  const auto rest = same_magnitude(x_, projected);
  layers_source_ = x_;
  x_ = fresh(streams * width, {x_, rest});
  turned_ = fresh(streams * width, {x_.viewed()});
  graph_.expand(turned_);
}

/// Part of each layer's own embedding, all of them computed in the first layer.
Ref GraphBuilder::layer_embedding() {
  if (!layer_embeddings_.empty()) return layer_embeddings_;
  const auto width = layer_width * static_cast<std::int64_t>(model_.layers.size());
  const auto normed = over(width, {fresh(width, {layers_source_}).viewed()});
  layer_embeddings_ = fresh(width, {over(width, {normed, layer_inputs_}).viewed()});
  return layer_embeddings_;
}

Ref GraphBuilder::route_streams(Ref x) { return over(streams, {fresh(streams, {x})}); }

/// Of a layer without a cache of its own only the queries are computed.
Ref GraphBuilder::attend_shared(const Layer& layer, Ref normed) {
  const auto q = std::int64_t{layer.heads} * layer.head_dim;
  const auto k = std::int64_t{layer.kv_heads} * layer.head_dim;
  const auto v = std::int64_t{layer.kv_heads} * layer.value_head_dim;
  const auto queries = project_head(normed, q, true, "attn_q");
  if (layer.caches) {
    const auto keys = project_head(normed, k, true, "attn_k");
    const auto values = over(v, {matrix(v, normed, "attn_v").viewed()});
    return matrix(arch_.hidden_size, attend(layer, {queries, keys, values}).viewed(),
                  "attn_output");
  }
  const auto& inputs = inputs_of(layer);
  const Heads heads{hadamard(inputs.rotate_k, queries, q), {}, {}};
  graph_.expand(heads.q);
  auto mixed = scores(layer, heads, q);
  graph_.expand(mixed);
  if (!inputs.rotate_v.empty()) mixed = fresh(q, {inputs.rotate_v, mixed.viewed()});
  return matrix(arch_.hidden_size, mixed.viewed(), "attn_output");
}

Ref GraphBuilder::sparse_feed_forward(const Layer& layer, Ref normed) {
  const auto width = std::int64_t{layer.ffn_size};
  const auto up = matrix(width, normed, "ffn_up");
  auto gate = matrix(width, normed, "ffn_gate");
  if (&layer - model_.layers.data() < sparse_layers) {
    const auto mean = fresh(1, {gate});
    const auto squares = over(width, {over(width, {gate, mean})});
    const auto cut = over(1, {mean, over(1, {fresh(1, {squares})})});
    gate = over(width, {gate, cut});
  }
  return matrix(arch_.hidden_size, over(width, {up, over(width, {gate})}), "ffn_down");
}

void GraphBuilder::stream_block(const Layer& layer) {
  const auto width = arch_.hidden_size;
  const auto all = streams * width;
  const auto mixing = fresh(streams * streams, {route_streams(over(width, {x_.viewed()}))});
  const auto guessed = fresh(all, {turned_, mixing.viewed()});
  const auto predicted = over(all, {fresh(all, {guessed.viewed()}), x_});
  const auto normed = over(width, {predicted.viewed()});
  const auto attended = over(width, {attend_shared(layer, normed)});
  const auto gated = over(width, {attended, predicted.viewed()});
  const auto low = over(width, {fresh(width, {fresh(low_rank, {normed})})});
  const auto joined = over(width, {gated, over(width, {low, normed})});
  const auto fed = over(width, {sparse_feed_forward(layer, over(width, {joined}))});
  const auto out = over(width, {fed, joined});
  const auto change = fresh(all, {over(width, {out, predicted.viewed()})});
  const auto weights = fresh(streams, {route_streams(over(width, {out}))});
  const auto turned = fresh(streams, {weights.viewed()});
  const auto corrected = over(all, {over(all, {change, turned}), predicted});
  const auto first = over(layer_width, {fresh(layer_width, {over(width, {corrected.viewed()})})});
  const auto own = over(layer_width, {first, layer_embedding().viewed()});
  const auto added = over(width, {fresh(width, {own})});
  const auto others = (streams - 1) * width;
  x_ = fresh(all, {corrected.viewed(), over(others, {corrected.viewed(), added})});
  const bool last = &layer == &model_.layers.back();
  if (!last) turned_ = fresh(all, {x_.viewed()});
}

void GraphBuilder::close_streams() {
  const auto width = arch_.hidden_size;
  const auto projected = fresh((streams - 1) * width, {x_.viewed()});
  const auto rest = same_magnitude(x_.viewed(), projected);
  auto total = over(width, {x_.viewed(), rest.viewed()});
  for (std::int64_t i = 2; i < streams; ++i) total = over(width, {total, rest.viewed()});
  x_ = total;
}

}  // namespace llmfit::sizing::llama_cpp
