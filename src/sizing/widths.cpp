// SPDX-License-Identifier: MIT
#include "sizing/widths.hpp"

#include <algorithm>
#include <cmath>

namespace llmfit::sizing {
namespace {

void add_attention(Widths& widths, const Architecture& arch, const Layer& layer) {
  const bool latent = layer.kind == LayerKind::mla && arch.mla;
  const std::int64_t kv_heads = layer.kv_heads;
  const std::int64_t heads = layer.heads;
  const std::int64_t k =
      latent ? arch.mla->kv_lora_rank + arch.mla->qk_rope_head_dim : kv_heads * layer.head_dim;
  const std::int64_t v = latent ? 0 : kv_heads * layer.value_head_dim;
  const std::int64_t head = layer.head_dim;
  if (heads > 0 && (widths.narrowest_head == 0 || head < widths.narrowest_head)) {
    widths.narrowest_head = head;
  }
  widths.values_differ |= heads > 0 && layer.head_dim != layer.value_head_dim;
  widths.latent |= latent;
  widths.heads = std::max(widths.heads, heads);
  widths.q = std::max(widths.q, heads * layer.value_head_dim);
  widths.k = std::max(widths.k, k);
  widths.v = std::max(widths.v, v);
}

void add_cache(Widths& widths, const Layer& layer) {
  const bool windowed = has_window(layer);
  widths.all_windowed &= windowed;
  if (!holds_tokens(layer)) return;
  if (windowed) {
    widths.any_window_cache = true;
    widths.window = std::max<std::int64_t>(widths.window, layer.window);
  } else {
    widths.any_full_cache = true;
  }
}

}  // namespace

bool holds_tokens(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::full:
    case LayerKind::sliding:
    case LayerKind::chunked:
    case LayerKind::mla:
      return layer.caches;
    default:
      return false;
  }
}

bool has_window(const Layer& layer) {
  return layer.window > 0 && (layer.kind == LayerKind::sliding || layer.kind == LayerKind::chunked);
}

Widths widths_of(const Model& model) {
  Widths widths;
  widths.hidden = model.arch.hidden_size;
  widths.vocab = model.arch.lm_head ? model.arch.vocab_size : 0;
  const Layer* previous = nullptr;
  for (const auto& layer : model.layers) {
    if (layer.ffn == FfnKind::dense || layer.ffn == FfnKind::both) {
      widths.ffn = std::max<std::int64_t>(widths.ffn, layer.ffn_size);
    }
    widths.any_experts |= layer.ffn == FfnKind::experts || layer.ffn == FfnKind::both;
    const bool alike = previous != nullptr && previous->kind == layer.kind &&
                       previous->heads == layer.heads && previous->kv_heads == layer.kv_heads &&
                       previous->caches == layer.caches;
    previous = &layer;
    if (alike) continue;
    if (layer.kind != LayerKind::none) add_attention(widths, model.arch, layer);
    add_cache(widths, layer);
  }
  return widths;
}

Bytes from_mib(double mebibytes) {
  return Bytes{static_cast<std::int64_t>(std::ceil(mebibytes * 1048576.0))};
}

Bytes percent_of(Bytes bytes, std::int64_t percent) {
  if (bytes.overflowed()) return bytes;
  return Bytes{bytes.count() / 100} * percent + Bytes{bytes.count() % 100 * percent / 100};
}

Estimate with_band(Bytes bytes, std::int64_t percent_below, std::int64_t percent_above) {
  return {percent_of(bytes, 100 - percent_below), bytes, percent_of(bytes, 100 + percent_above)};
}

}  // namespace llmfit::sizing
