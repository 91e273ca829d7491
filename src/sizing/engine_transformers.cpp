// SPDX-License-Identifier: MIT
#include "sizing/engine_transformers.hpp"

#include <algorithm>

namespace llmfit::sizing::transformers {
namespace {

constexpr std::int64_t dtype_bytes = 2;     // activations in bf16 or f16
constexpr std::int64_t logit_bytes = 6;     // the last position's, in the model's type and as f32
constexpr std::int64_t slack_percent = 10;  // freed pieces that PyTorch keeps: 5 to 20 %

/// Residual stream twice, and the widest of attention and feed-forward part. Experts run one after
/// another, so in the worst case all tokens are in one.
Elements elements_per_token(const Model& model, const Widths& widths) {
  auto feed_forward = widths.ffn * (model.arch.gated_mlp ? 3 : 2);
  if (model.arch.experts && widths.any_experts) {
    const Elements expert{model.arch.experts->ffn_size};
    feed_forward = std::max(feed_forward, expert * 3 + widths.hidden);
  }
  const auto attention = widths.q * 2 + std::max(widths.k, widths.v) * 2;
  return widths.hidden * 2 + std::max(feed_forward, attention);
}

}  // namespace

Bytes compute(const CacheRule& rule, const Widths& widths, Bytes largest_layer_cache) {
  const auto& workload = rule.workload;
  const auto tokens = Bytes{dtype_bytes} * workload.context * workload.sequences;
  const auto prefill = tokens * elements_per_token(rule.model, widths).count();
  const auto logits = rows_of(logit_bytes, workload.sequences, widths.vocab);
  const auto peak = std::max(prefill, largest_layer_cache) + logits;
  return percent_of(peak, 100 + slack_percent);
}

}  // namespace llmfit::sizing::transformers
