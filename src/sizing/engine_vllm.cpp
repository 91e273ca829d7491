// SPDX-License-Identifier: MIT
#include "sizing/engine_vllm.hpp"

#include <algorithm>

namespace llmfit::sizing::vllm {
namespace {

constexpr std::int64_t dtype_bytes = 2;  // the model runs in bf16 or f16

/// Beside the logits 1.3 hidden states of the batch are alive: fitted to the same seven logs.
constexpr std::int64_t held_hidden_percent = 130;

/// Hidden states alive in a block: the residual, its norm and the output. Two profiling lines of
/// Llama 3.1 8B with 20,000 and 29,000 tokens give 3.0 of them beside three widths of the
/// feed-forward part.
constexpr std::int64_t hidden_states = 3;

/// Experts work on at most so many tokens at once (vllm/envs.py).
constexpr std::int64_t expert_chunk = 16384;

/// Vision towers run first, and leave their output in the encoder cache: the profiling lines of
/// gemma-3 4B, 12B and 27B and of LLaVA 1.6 lie 0.19 to 0.41 GiB above the language model's peak.
constexpr Bytes tower_outputs = mib(256);

/// CUDA graphs, in MiB. There is no formula; single reports are 0.10 to 0.66 GiB, growth in v0.11
/// to v0.13 was up to 1.6 on ROCm and 2.7 once. The band is 0.1 to 1.5 GiB; the central figure is
/// 0.4 GiB.
constexpr std::int64_t graphs_low = 102;
constexpr std::int64_t graphs_middle = 410;
constexpr std::int64_t graphs_high = 1536;

/// NCCL on two H100: 0.54 to 0.55 GiB outside PyTorch against 0.13 to 0.15 on one (v0.11).
constexpr std::int64_t communication_mib = 410;

/// Since about v0.21 NCCL is set up before vLLM looks at the memory, so its buffers are not charged
/// to the share: start-ups on two RTX 3090 (gemma-4-12b, Qwen3.6-27B) leave 0 to 0.1 GiB for them.
constexpr std::int64_t late_communication_mib = 102;

/// The CUDA context exists when vLLM looks at the free memory: 0.2 to 0.6 GiB. On ROCm 0.64 GiB
/// beside the share sufficed.
constexpr Bytes context_bytes = mib(256);
constexpr std::int32_t looks_at_free = 9;

/// ROCm outside PyTorch, in MiB: on a Radeon AI PRO R9700 (v0.13, six models, one and two cards)
/// 0.45 to 0.68 GiB of the share were neither weights, nor cache, nor the sampler's. Start-ups of
/// v0.11 on the same card took that or 2.4 to 3.6 GiB, with the same model and settings; the figure
/// is the cautious one.
struct Band {
  std::int64_t low;
  std::int64_t middle;
  std::int64_t high;
};
constexpr Band rocm{461, 614, 1024};
constexpr Band old_rocm{461, 3072, 3700};
constexpr std::int32_t settled_rocm = 12;

Bytes dense_peak(const Widths& widths, std::int64_t tokens, std::int64_t ranks) {
  const auto attention = ceil_div(widths.q * 2 + std::max(widths.k, widths.v) * 2, ranks);
  const auto feed_forward = ceil_div(widths.ffn * 3, ranks);
  return rows_of(dtype_bytes, tokens,
                 widths.hidden * hidden_states + std::max(attention, feed_forward));
}

Bytes expert_peak(const Model& model, const Widths& widths, std::int64_t tokens,
                  std::int64_t ranks) {
  if (!model.arch.experts || !widths.any_experts) return Bytes{0};
  const auto& experts = *model.arch.experts;
  const auto width = ceil_div(Elements{experts.ffn_size}, ranks);
  const auto routed = (std::max(width * 2, widths.hidden) + width) * experts.active;
  return rows_of(dtype_bytes, std::min(tokens, expert_chunk), routed) +
         rows_of(dtype_bytes, tokens, widths.hidden * hidden_states) +
         rows_of(4, tokens, Elements{experts.count});
}

Bytes sampler_peak(const Widths& widths, const Scheduler& step, std::int64_t bytes_per_logit) {
  if (widths.vocab == Elements{0}) return Bytes{0};
  const auto rows = std::min(step.sequences, step.tokens);
  return rows_of(bytes_per_logit, rows, pad(widths.vocab, vocabulary_step)) +
         percent_of(rows_of(dtype_bytes, step.tokens, widths.hidden), held_hidden_percent);
}

Estimate rocm_non_torch(const Workload& workload) {
  const auto& band = workload.vllm.version < settled_rocm ? old_rocm : rocm;
  return {mib(band.low), mib(band.middle), mib(band.high)};
}

}  // namespace

Bytes block_peak(const Model& model, const Widths& widths, const Workload& workload,
                 std::int64_t tokens, std::int64_t ranks) {
  const auto expert_ranks = workload.vllm.expert_parallel ? 1 : ranks;
  return std::max(dense_peak(widths, tokens, ranks),
                  expert_peak(model, widths, tokens, expert_ranks));
}

Bytes compute(const Model& model, const Widths& widths, const Workload& workload, Stage stage,
              std::optional<Bytes> total, std::optional<std::int64_t> bytes_per_logit) {
  const auto step = scheduler(workload, total);
  const auto towers = model.towers.empty() ? Bytes{0} : tower_outputs;
  const auto block = block_peak(model, widths, workload, step.tokens, stage.tensor);
  if (stage.index + 1 < stage.count) return block + towers;
  const auto logit = bytes_per_logit.value_or(rules_of(workload.vllm).bytes_per_logit);
  return std::max(block, sampler_peak(widths, step, logit)) + towers;
}

Estimate graphs(const Workload& workload) {
  if (workload.vllm.enforce_eager || !rules_of(workload.vllm).counts_graphs) return {};
  return {mib(graphs_low), mib(graphs_middle), mib(graphs_high)};
}

Bytes runtime_on(const Workload& workload, Bytes on_cuda) {
  if (workload.engine != Engine::vllm || workload.vllm.platform != Platform::rocm) return on_cuda;
  return graphs(workload).bytes + rocm_non_torch(workload).bytes;
}

Estimate non_torch(const Workload& workload, const EngineRecord& engine) {
  if (workload.vllm.platform == Platform::rocm) return rocm_non_torch(workload);
  return {from_mib(engine.runtime_mib_low), from_mib(engine.runtime_mib.value_or(0)),
          from_mib(engine.runtime_mib_high)};
}

Bytes free_at_start(const Workload& workload, Bytes total) {
  return workload.vllm.version < looks_at_free ? total : total - context_bytes;
}

/// ROCm lost no more on two cards of the same logs than on one.
Bytes communication(const Workload& workload) {
  if (workload.vllm.platform == Platform::rocm) return Bytes{0};
  const bool charged = !rules_of(workload.vllm).counts_graphs;
  return mib(charged ? communication_mib : late_communication_mib);
}

}  // namespace llmfit::sizing::vllm
