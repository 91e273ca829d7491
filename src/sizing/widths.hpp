// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/sizing.hpp"

namespace llmfit::sizing {

/// The widest of a model's layers, in elements: what activation memory is made of.
struct Widths {
  std::int64_t hidden = 0;
  std::int64_t vocab = 0;  ///< 0: the model has no output matrix
  std::int64_t heads = 0;
  std::int64_t q = 0;    ///< attention output: heads x value width
  std::int64_t k = 0;    ///< keys of one token that are cached
  std::int64_t v = 0;    ///< values of one token, 0 under latent attention
  std::int64_t ffn = 0;  ///< widest dense feed-forward part
  bool any_experts = false;
  bool any_full_cache = false;
  bool any_window_cache = false;
  std::int64_t window = 0;          ///< of the sliding or chunked layers
  bool all_windowed = true;         ///< every layer of the model has a window
  bool latent = false;              ///< multi-head latent attention
  std::int64_t narrowest_head = 0;  ///< 0: no attention at all
  bool values_differ = false;       ///< value heads are not as wide as key heads somewhere
};

/// Whether a layer keeps keys and values of its own.
bool holds_tokens(const Layer& layer);
/// Whether a layer sees only the latest tokens.
bool has_window(const Layer& layer);

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

/// bytes x percent / 100, without losing the overflow mark.
Bytes percent_of(Bytes bytes, std::int64_t percent);

/// value / parts, rounded up.
constexpr std::int64_t ceil_div(std::int64_t value, std::int64_t parts) {
  return value / parts + (value % parts != 0 ? 1 : 0);
}

}  // namespace llmfit::sizing
