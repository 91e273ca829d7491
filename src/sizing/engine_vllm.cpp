// SPDX-License-Identifier: MIT
#include "sizing/engine_vllm.hpp"

#include <algorithm>

namespace llmfit::sizing::vllm {
namespace {

constexpr std::int64_t dtype_bytes = 2;  // the model runs in bf16 or f16

/// FlashMLA forces blocks of 64; other kernels for latent attention take 32 to 128.
constexpr std::int64_t latent_block_tokens = 64;

/// Server defaults (vllm/engine/arg_utils.py): cards from 70 GiB up take more at once. The A100
/// 80GB is an exception by its name, which the memory does not tell; its figures come out a little
/// high.
constexpr Bytes large_device = gib(70);
constexpr Scheduler large_defaults{8192, 1024};
constexpr Scheduler small_defaults{2048, 256};

/// Two batches are in flight under asynchronous scheduling, which is on by default.
constexpr std::int64_t batches_in_flight = 2;

/// Beside the logits 1.3 hidden states of the batch are alive: fitted to the same seven logs.
constexpr std::int64_t held_hidden_percent = 130;

/// CUDA graphs, in MiB: inside the memory budget since v0.21. There is no formula; single reports
/// are 0.17, 0.26, 0.36, 0.58 and 0.66 GiB, growth in v0.11 was up to 1.0. The band is 0.1 to 1.5
/// GiB, a margin on either side of what was seen; the central figure is 0.4 GiB.
constexpr std::int64_t graphs_low = 102;
constexpr std::int64_t graphs = 410;
constexpr std::int64_t graphs_high = 1536;

/// NCCL on two H100: 0.54 to 0.55 GiB outside PyTorch against 0.13 to 0.15 on one (v0.11).
constexpr std::int64_t communication_mib = 410;

Bytes dense_peak(const Widths& widths, std::int64_t tokens, std::int64_t ranks) {
  const auto streams = ranks > 1 ? 3 : 2;  // of the residual: all-reduce is out of place
  const auto attention = ceil_div(widths.q * 2 + std::max(widths.k, widths.v) * 2, ranks);
  const auto feed_forward = ceil_div(widths.ffn * 3, ranks);
  return rows_of(dtype_bytes, tokens, widths.hidden * streams + std::max(attention, feed_forward));
}

Bytes expert_peak(const Model& model, const Widths& widths, std::int64_t tokens,
                  std::int64_t ranks) {
  if (!model.arch.experts || !widths.any_experts) return Bytes{0};
  const auto& experts = *model.arch.experts;
  const auto width = ceil_div(Elements{experts.ffn_size}, ranks);
  const auto routed = (std::max(width * 2, widths.hidden) + width) * experts.active;
  return rows_of(dtype_bytes, tokens, routed + widths.hidden * 3) +
         rows_of(4, tokens, Elements{experts.count});
}

Bytes sampler_peak(const Widths& widths, const Scheduler& step, std::int64_t bytes_per_logit) {
  if (widths.vocab == Elements{0}) return Bytes{0};
  const auto rows = std::min(step.sequences, step.tokens);
  return rows_of(bytes_per_logit, rows, pad(widths.vocab, vocabulary_step)) +
         percent_of(rows_of(dtype_bytes, step.tokens, widths.hidden), held_hidden_percent);
}

}  // namespace

Scheduler scheduler(const Workload& workload, std::optional<Bytes> total) {
  const auto& defaults = total && *total >= large_device ? large_defaults : small_defaults;
  Scheduler step;
  step.tokens = workload.vllm.max_num_batched_tokens.value_or(defaults.tokens);
  step.sequences = workload.vllm.max_num_seqs.value_or(defaults.sequences);
  step.sequences = std::min(step.sequences, step.tokens);
  return step;
}

Workload on_device(const Workload& workload, Bytes total) {
  auto fixed = workload;
  fixed.vllm.max_num_batched_tokens = scheduler(workload, total).tokens;
  return fixed;
}

std::int64_t cached_tokens(const Workload& workload, LayerKind kind, std::int64_t window) {
  const auto context = workload.context;
  if (window == 0) {
    const auto block = kind == LayerKind::mla ? latent_block_tokens : block_tokens;
    return ceil_div(context, block) * block;
  }
  const auto in_flight = scheduler(workload, std::nullopt).tokens * batches_in_flight;
  // vLLM: vllm/v1/kv_cache_interface.py; a sliding window may straddle one block more.
  const auto blocks = kind == LayerKind::chunked
                          ? ceil_div(std::min(window + in_flight, context), block_tokens)
                          : ceil_div(std::min(window - 1 + in_flight, context), block_tokens) + 1;
  return blocks * block_tokens;
}

Bytes compute(const Model& model, const Widths& widths, const Workload& workload, Stage stage,
              std::optional<Bytes> total, std::int64_t bytes_per_logit) {
  const auto step = scheduler(workload, total);
  const std::int64_t ranks = stage.tensor;
  const auto block = std::max(dense_peak(widths, step.tokens, ranks),
                              expert_peak(model, widths, step.tokens, ranks));
  if (stage.index + 1 < stage.count) return block;
  return std::max(block, sampler_peak(widths, step, bytes_per_logit));
}

Estimate runtime(const Workload& workload, const EngineRecord& engine) {
  Estimate total{from_mib(engine.runtime_mib_low), from_mib(engine.runtime_mib.value_or(0)),
                 from_mib(engine.runtime_mib_high)};
  if (workload.vllm.enforce_eager) return total;
  total.low += mib(graphs_low);
  total.bytes += mib(graphs);
  total.high += mib(graphs_high);
  return total;
}

Bytes communication() { return mib(communication_mib); }

}  // namespace llmfit::sizing::vllm
