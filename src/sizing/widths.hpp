// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/sizing.hpp"

namespace llmfit::sizing {

/// The widest of a model's layers, in elements: what activation memory is made of.
struct Widths {
  Elements hidden;
  Elements vocab;  ///< 0: the model has no output matrix
  Elements heads;
  Elements q;    ///< attention output: heads x value width
  Elements k;    ///< keys of one token that are cached
  Elements v;    ///< values of one token, 0 under latent attention
  Elements ffn;  ///< widest dense feed-forward part
  bool any_experts = false;
  bool any_state = false;
  bool any_full_cache = false;
  bool any_window_cache = false;
  std::int64_t window = 0;          ///< of the sliding or chunked layers
  bool all_windowed = true;         ///< every layer of the model has a window
  bool latent = false;              ///< multi-head latent attention
  std::int64_t narrowest_head = 0;  ///< 0: no attention at all
  bool no_flash_attention = false;  ///< llama.cpp has none for the architecture
  bool values_differ = false;       ///< CUDA has no flash attention for heads so wide
  bool uniform = true;              ///< all layers are alike
  std::uint64_t fingerprint = 0;    ///< of all the model's dimensions
};

/// Whether a layer keeps keys and values of its own.
bool holds_tokens(const Layer& layer);
/// Whether a layer keeps a state of each sequence that does not grow with the context.
bool keeps_state(const Layer& layer);
/// Whether a layer sees only the latest tokens.
bool has_window(const Layer& layer);

/// Whether two layers have the same attention, and so the same cache under any workload.
bool same_attention(const Layer& a, const Layer& b);
/// Whether engines cache the latent of a layer with multi-head latent attention. They all expand it
/// first for the models whose files keep one up-projection (llama.cpp: src/models/minicpm3.cpp;
/// vLLM: vllm/model_executor/models/minicpm3.py).
bool caches_latent(const Architecture& arch, const Layer& layer);
bool same_feed_forward(const Layer& a, const Layer& b);
/// Elements of one token in the latent cache of multi-head latent attention.
Elements latent_width(const Mla& mla);

/// One pass over the layers.
Widths widths_of(const Model& model);

/// A figure with its band.
struct Estimate {
  Bytes low;
  Bytes bytes;
  Bytes high;
};

/// `bytes` with a band of that many per cent below and above.
Estimate with_band(Bytes bytes, std::int64_t percent_below, std::int64_t percent_above);

/// A catalog figure in MiB as bytes, rounded up.
Bytes from_mib(double mebibytes);

/// bytes x factor, to the nearest byte.
Bytes times(Bytes bytes, double factor);

/// bytes x percent / 100, without losing the overflow mark.
Bytes percent_of(Bytes bytes, std::int64_t percent);

/// value / parts, rounded up.
constexpr std::int64_t ceil_div(std::int64_t value, std::int64_t parts) {
  return value / parts + (value % parts != 0 ? 1 : 0);
}
constexpr Elements ceil_div(Elements value, std::int64_t parts) {
  return value.overflowed() ? value : Elements{ceil_div(value.count(), parts)};
}

/// Memory of `tokens` rows of `width` elements, `bytes` each.
constexpr Bytes rows_of(std::int64_t bytes, std::int64_t tokens, Elements width) {
  return Bytes{bytes} * tokens * width.count();
}

}  // namespace llmfit::sizing
