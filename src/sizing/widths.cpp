// SPDX-License-Identifier: MIT
#include "sizing/widths.hpp"

#include <algorithm>
#include <cmath>

#include "sizing/fingerprint.hpp"

namespace llmfit::sizing {
namespace {

/// CUDA's flash attention has a kernel for keys as wide as values, and one for 192 beside 128 where
/// eight or a multiple of eight queries share a key (llama.cpp v0.5.0: asked for MiMo V2 and
/// DeepSeek V2 Lite).
bool has_equal_kernel(const Layer& layer) {
  if (layer.head_dim == layer.value_head_dim) return true;
  return layer.head_dim == 192 && layer.value_head_dim == 128 && layer.kv_heads > 0 &&
         layer.heads / layer.kv_heads % 8 == 0;
}

void add_attention(Widths& widths, const Architecture& arch, const Layer& layer) {
  const bool latent = caches_latent(arch, layer);
  const Elements kv_heads{layer.kv_heads};
  const Elements heads{layer.heads};
  const auto k = latent ? latent_width(*arch.mla) : kv_heads * layer.head_dim;
  const auto v = latent ? Elements{0} : kv_heads * layer.value_head_dim;
  const std::int64_t head = layer.head_dim;
  if (layer.heads > 0 && (widths.narrowest_head == 0 || head < widths.narrowest_head)) {
    widths.narrowest_head = head;
  }
  widths.values_differ |= layer.heads > 0 && !has_equal_kernel(layer);
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
    case LayerKind::attention_mamba:
    case LayerKind::compressed:
      return layer.caches;
    default:
      return false;
  }
}

bool keeps_state(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::attention_mamba:
    case LayerKind::mamba:
    case LayerKind::linear_attention:
    case LayerKind::short_conv:
    case LayerKind::rg_lru:
    case LayerKind::rwkv:
    case LayerKind::rwkv4:
      return true;
    case LayerKind::compressed:
      return layer.caches && layer.compress_ratio > 0;
    default:
      return false;
  }
}

bool has_window(const Layer& layer) {
  return layer.window > 0 && (layer.kind == LayerKind::sliding || layer.kind == LayerKind::chunked);
}

bool same_attention(const Layer& a, const Layer& b) {
  return a.kind == b.kind && a.kv_heads == b.kv_heads && a.heads == b.heads &&
         a.head_dim == b.head_dim && a.value_head_dim == b.value_head_dim && a.window == b.window &&
         a.caches == b.caches && a.indexed == b.indexed && a.compress_ratio == b.compress_ratio;
}

bool caches_latent(const Architecture& arch, const Layer& layer) {
  return layer.kind == LayerKind::mla && arch.mla && !arch.mla->joined_kv_b;
}

bool same_feed_forward(const Layer& a, const Layer& b) {
  return a.ffn == b.ffn && a.ffn_size == b.ffn_size;
}

Elements latent_width(const Mla& mla) {
  return Elements{mla.kv_lora_rank} + Elements{mla.qk_rope_head_dim};
}

Widths widths_of(const Model& model) {
  Widths widths;
  Fingerprint print(model);
  widths.hidden = Elements{model.arch.hidden_size};
  widths.vocab = Elements{model.arch.lm_head ? model.arch.vocab_size : 0};
  // llama.cpp v0.5.0 forces it off (src/llama-context.cpp).
  widths.no_flash_attention = model.architecture == "grok";
  const Layer* previous = nullptr;
  for (const auto& layer : model.layers) {
    if (layer.ffn == FfnKind::dense || layer.ffn == FfnKind::both) {
      widths.ffn = std::max(widths.ffn, Elements{layer.ffn_size});
    }
    widths.any_experts |= layer.ffn == FfnKind::experts || layer.ffn == FfnKind::both;
    const bool alike = previous != nullptr && same_attention(*previous, layer);
    if (alike && same_feed_forward(*previous, layer)) {
      print.add_same();
    } else {
      widths.uniform &= previous == nullptr;
      print.add(layer);
    }
    previous = &layer;
    if (alike) continue;
    widths.any_state |= keeps_state(layer);
    if (layer.kind != LayerKind::none) add_attention(widths, model.arch, layer);
    add_cache(widths, layer);
  }
  widths.fingerprint = print.value();
  return widths;
}

Bytes from_mib(double mebibytes) {
  return Bytes{static_cast<std::int64_t>(std::ceil(mebibytes * 1048576.0))};
}

Bytes times(Bytes bytes, double factor) {
  if (bytes.overflowed()) return bytes;
  const auto product = static_cast<double>(bytes.count()) * factor;
  constexpr double limit = 9.2e18;
  return product < limit ? Bytes{std::llround(product)} : Bytes::max();
}

Bytes percent_of(Bytes bytes, std::int64_t percent) {
  if (bytes.overflowed()) return bytes;
  return Bytes{bytes.count() / 100} * percent + Bytes{bytes.count() % 100 * percent / 100};
}

Estimate with_band(Bytes bytes, std::int64_t percent_below, std::int64_t percent_above) {
  return {percent_of(bytes, 100 - percent_below), bytes, percent_of(bytes, 100 + percent_above)};
}

}  // namespace llmfit::sizing
