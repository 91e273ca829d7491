// SPDX-License-Identifier: MIT
#include "sizing/engine_transformers.hpp"

#include <algorithm>

namespace llmfit::sizing::transformers {
namespace {

constexpr std::int64_t dtype_bytes = 2;  // activations in bf16 or f16
constexpr std::int64_t logit_bytes = 6;  // in the model's type and as f32

/// Freed pieces that PyTorch keeps are 5 to 20 %; the benchmarks count what is allocated.
constexpr std::int64_t slack_percent = 5;
constexpr std::int64_t most_slack_percent = 20;

/// cuBLAS works in 32 MiB on Hopper: what one-token prompts take beside weights and cache.
constexpr Bytes workspace = mib(32);

/// From this version on generate() computes the logits of the last position only; before it those
/// of the whole prompt: Qwen2-7B takes 977 KB a token, Qwen2.5-7B 200 KB.
constexpr std::int32_t last_logits_version = 45;

/// Hidden states alive beside the feed-forward part: embeddings, residual, norm, output. 71.6
/// thousand elements a token of Qwen2.5-7B are 3 x 18,944 + 4 x 3,584 + 2 x 128.
constexpr std::int64_t hidden_states = 4;

/// Elements alive for a token in the widest block. Experts run one after another, so in the worst
/// case all tokens are in one.
Elements elements_per_token(const Model& model, const Widths& widths) {
  auto feed_forward = widths.ffn * (model.arch.gated_mlp ? 3 : 2);
  if (model.arch.experts && widths.any_experts) {
    const auto& experts = *model.arch.experts;
    const Elements widest{std::max(experts.ffn_size, experts.shared_ffn_size)};
    feed_forward = std::max(feed_forward, widest * 3 + widths.hidden * 2);
  }
  // Keys and values are repeated for every query head before they are multiplied.
  const auto attention = widths.q * 5 + std::max(widths.k, widths.v) * 2;
  const Elements rotary{widths.narrowest_head * 2};
  return widths.hidden * hidden_states + rotary + std::max(feed_forward, attention);
}

/// Scores in the model's type and as f32, of one sequence after another layer by layer.
Bytes eager_scores(const Widths& widths, const Workload& workload) {
  return rows_of(logit_bytes, workload.sequences, widths.heads) * workload.context *
         workload.context;
}

}  // namespace

Estimate compute(const CacheRule& rule, const Widths& widths, Bytes largest_layer_cache) {
  const auto& workload = rule.workload;
  const auto tokens = Tokens{workload.context} * workload.sequences;
  auto block = rows_of(dtype_bytes, tokens.count(), elements_per_token(rule.model, widths));
  if (workload.transformers.eager_attention) block += eager_scores(widths, workload);
  const auto last = rows_of(logit_bytes, workload.sequences, widths.vocab);
  const auto all = rows_of(logit_bytes, tokens.count(), widths.vocab) +
                   rows_of(dtype_bytes, tokens.count(), widths.hidden);
  const bool last_only = workload.transformers.version >= last_logits_version;
  const auto usual = std::max(block, largest_layer_cache) + last;
  const auto most = std::max(usual, all);
  const auto peak = (last_only ? usual : most) + workspace;
  return {largest_layer_cache + last, percent_of(peak, 100 + slack_percent),
          percent_of(most + workspace, 100 + most_slack_percent)};
}

}  // namespace llmfit::sizing::transformers
