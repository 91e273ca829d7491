// SPDX-License-Identifier: MIT
#include "sizing/engine_llama_cpp.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t cell_step = 256;      // llama.cpp: src/llama-context.cpp
constexpr std::int64_t cuda_row_step = 512;  // ggml-cuda: rows of quantized tensors
constexpr std::int64_t cuda_align = 128;     // ggml-cuda: tensors
constexpr std::int64_t host_align = 32;      // ggml: tensors in host memory
constexpr std::int64_t narrowest_flash_head = 40;
constexpr std::int64_t graph_copies = 4;  // in flight where several devices take turns

std::int64_t round_up(std::int64_t value, std::int64_t step) {
  return ceil_div(value, step) * step;
}

/// Cells of one stream: the whole context under a unified cache, one sequence's share otherwise.
std::int64_t full_cells(const Workload& workload) {
  if (!workload.llama_cpp.kv_unified) return round_up(workload.context, cell_step);
  return round_up(workload.context * workload.sequences, cell_step);
}

/// The physical batch before rounding: at most the logical one, and at most what was asked for.
std::int64_t micro_batch(const Workload& workload, bool causal) {
  const auto& settings = workload.llama_cpp;
  const auto asked = workload.context * workload.sequences;
  const auto batch = causal ? std::min(asked, settings.batch) : settings.batch;
  return std::min({batch, settings.ubatch, round_up(asked, cell_step)});
}

/// Architectures whose widest block differs from the general rule: floats per token are
/// max(ffn x F, experts) + hidden x E + q x Q. Fitted to the engine's plans to within 0.1 %.
struct ActivationRule {
  std::string_view architecture;
  std::int64_t ffn;
  std::int64_t hidden;
  std::int64_t q;
};
constexpr std::array<ActivationRule, 4> activation_rules = {{
    {"phi3", 3, 2, 0},
    {"phi2", 1, 3, 1},
    {"qwen3moe", 3, 3, 1},
    {"dbrx", 3, 2, 0},
}};

/// Architectures whose plans the formulas below meet to within 0.1 % (few outputs, f16 cache).
constexpr std::array<std::string_view, 33> verified = {
    "llama",     "mistral3", "qwen2",     "qwen3",      "qwen3moe",  "gemma",   "gemma2",
    "gemma3",    "gpt2",     "bloom",     "mpt",        "falcon",    "gptneox", "starcoder2",
    "command-r", "cohere2",  "granite",   "granitemoe", "olmo2",     "olmoe",   "stablelm",
    "glm4",      "gpt-oss",  "internlm2", "minimax-m2", "deepseek2", "phi2",    "phi3",
    "dbrx",      "olmo",     "falcon-h1"};

ActivationRule rule_for(const Model& model) {
  if (model.architecture) {
    for (const auto& rule : activation_rules) {
      if (rule.architecture == *model.architecture) return rule;
    }
  }
  return {{}, model.arch.gated_mlp ? 3 : 1, 2, 1};
}

/// Experts: gate, up and product of those that are active, or their outputs twice; a shared expert
/// holds on to the block's input and, beside the outputs, to its own width.
std::int64_t expert_floats(const Model& model, const Widths& widths) {
  if (!model.arch.experts || !widths.any_experts) return 0;
  const auto& experts = *model.arch.experts;
  const std::int64_t active = experts.active;
  const std::int64_t shared = experts.shared_ffn_size;
  const auto inside = 3 * active * experts.ffn_size;
  const auto outputs = 2 * active * widths.hidden + shared;
  return std::max(inside, outputs) + (shared > 0 ? widths.hidden : 0);
}

/// Experts with a bias on the router and a shared expert keep their input beside both outputs.
std::int64_t biased_router_floats(const Model& model, const Widths& widths) {
  if (!model.arch.experts || !widths.any_experts) return 0;
  const auto& experts = *model.arch.experts;
  if (!experts.router_bias || experts.shared_ffn_size == 0) return 0;
  return (3 * std::int64_t{experts.active} + 2) * widths.hidden;
}

/// Queries absorbed into the latent space, their results, and the residual stream twice.
std::int64_t latent_floats(const Model& model, const Widths& widths) {
  if (!model.arch.mla) return 0;
  const auto& mla = *model.arch.mla;
  return 2 * widths.heads * (widths.k + mla.v_head_dim) + 2 * widths.hidden;
}

/// Cache slots of one token, in floats: 8 bytes for each tensor of each cache.
std::int64_t slot_floats(const Widths& widths) {
  const std::int64_t tensors = widths.latent ? 1 : 2;
  const std::int64_t caches = (widths.any_full_cache ? 1 : 0) + (widths.any_window_cache ? 1 : 0);
  return 2 * tensors * caches;
}

bool looks_up_positions(const Model& model) { return model.arch.position_embeddings > 0; }

/// Slots, and a 4-byte position, which is looked up on the host where the model has a table of
/// them.
std::int64_t index_floats(const Model& model, const Widths& widths) {
  return slot_floats(widths) + (looks_up_positions(model) ? 0 : 1);
}

Bytes floats(std::int64_t tokens, std::int64_t count) { return Bytes{4} * tokens * count; }

/// Cells of the largest cache that a layer of the model has; an encoder attends to its batch.
std::int64_t largest_cells(const CacheRule& rule, const Widths& widths, const Batch& batch) {
  if (widths.any_full_cache) return cache_extent(rule.workload, 0).tokens;
  if (!widths.any_window_cache) return batch.tokens;
  return cache_extent(rule.workload, rule.windows ? widths.window : 0).tokens;
}

std::int64_t cache_kinds(const CacheRule& rule, const Widths& widths) {
  return rule.windows && widths.any_window_cache && widths.any_full_cache ? 2 : 1;
}

/// A block without flash attention: scores of every head in f32, and its operands.
Bytes plain_attention(const CacheRule& rule, const Widths& widths, const Batch& batch) {
  const auto cells = largest_cells(rule, widths, batch);
  const auto operands = 2 * widths.hidden + 2 * widths.q +
                        2 * cache_kinds(rule, widths) * std::max(widths.k, widths.v);
  return floats(batch.tokens, widths.heads) * cells + floats(batch.tokens, operands);
}

/// CUDA converts one layer's quantized (or bf16) K and V to f16 before flash attention.
Bytes converted_cache(const CacheRule& rule, const Widths& widths, const Batch& batch) {
  const auto& workload = rule.workload;
  const auto elements = (workload.cache_k == TensorType::f16 ? 0 : widths.k) +
                        (workload.cache_v == TensorType::f16 ? 0 : widths.v);
  if (elements == 0) return Bytes{0};
  const auto copies = workload.llama_cpp.kv_unified ? 1 : workload.sequences;
  return Bytes{2} * largest_cells(rule, widths, batch) * copies * elements +
         floats(batch.tokens, 2 * widths.hidden + 2 * widths.q);
}

/// The widest phase inside a block, the graph's inputs not counted.
Bytes block_peak(const CacheRule& rule, const Widths& widths, const Batch& batch) {
  const auto feed_forward = floats(batch.tokens, activation_floats(rule.model, widths));
  if (!rule.flash_attention) {
    return std::max(feed_forward, plain_attention(rule, widths, batch));
  }
  return std::max(feed_forward, converted_cache(rule, widths, batch));
}

bool is_verified(const Model& model) {
  return model.architecture &&
         std::find(verified.begin(), verified.end(), *model.architecture) != verified.end();
}

}  // namespace

bool keeps_windows(const Widths& widths) {
  // llama, phi3 and starcoder2 drop a window that all their layers share; every architecture that
  // the engine gives a windowed cache also has layers that see everything.
  return !widths.all_windowed;
}

bool uses_flash_attention(const Widths& widths, const Workload& workload) {
  if (workload.llama_cpp.flash_attention != FlashAttention::automatic) {
    return workload.llama_cpp.flash_attention == FlashAttention::on;
  }
  if (widths.latent || widths.narrowest_head == 0) return true;
  // Measured on CUDA: off for widths 32 and 192/128, on for 64, 80, 96, 128 and 256.
  return !widths.values_differ && widths.narrowest_head >= narrowest_flash_head;
}

CacheExtent cache_extent(const Workload& workload, std::int64_t window) {
  const auto& settings = workload.llama_cpp;
  const auto streams = settings.kv_unified ? 1 : workload.sequences;
  const auto cells = full_cells(workload);
  if (window == 0 || settings.swa_full) return {cells, streams};
  const auto seen = window * (settings.kv_unified ? workload.sequences : 1);
  const auto kept = std::min(cells, seen + micro_batch(workload, true));
  return {round_up(kept, cell_step), streams};
}

Bytes cuda_tensor(Bytes bytes, TensorType type, std::int64_t row_length) {
  const auto rest = row_length % cuda_row_step;
  if (layout(type).elements > 1 && rest != 0) {
    bytes += cache_row_bytes(type, cuda_row_step - rest);
  }
  return pad(bytes, cuda_align);
}

Batch batch_of(const Model& model, const Workload& workload, BatchRounding rounding) {
  const bool causal = model.arch.kind != ModelKind::encoder;
  const auto tokens = micro_batch(workload, causal);
  const auto sequences = workload.sequences;
  Batch batch;
  batch.tokens = rounding == BatchRounding::as_engine ? round_up(tokens, sequences) : tokens;
  batch.outputs = std::min(batch.tokens, sequences);
  return batch;
}

Bytes masks(const CacheRule& rule, const Widths& widths, const Batch& batch) {
  const auto mask = Bytes{rule.flash_attention ? 2 : 4} * batch.tokens;
  if (!widths.any_full_cache && !widths.any_window_cache) return mask * batch.tokens;
  Bytes total;
  if (widths.any_full_cache || !rule.windows) {
    total += mask * cache_extent(rule.workload, 0).tokens;
  }
  if (widths.any_window_cache && rule.windows) {
    total += mask * cache_extent(rule.workload, widths.window).tokens;
  }
  return total;
}

std::int64_t activation_floats(const Model& model, const Widths& widths) {
  const auto rule = rule_for(model);
  const auto widest = std::max(rule.ffn * widths.ffn, expert_floats(model, widths));
  const auto block = widest + rule.hidden * widths.hidden + rule.q * widths.q;
  return std::max({block, biased_router_floats(model, widths), latent_floats(model, widths)});
}

Bytes compute(const CacheRule& rule, const Widths& widths, const Batch& batch, Stage stage) {
  const auto block = block_peak(rule, widths, batch);
  const auto inputs =
      masks(rule, widths, batch) + floats(batch.tokens, index_floats(rule.model, widths));
  const auto picked = pad(floats(batch.outputs, 1), cuda_align);  // which tokens get logits
  const auto hidden = floats(batch.tokens, widths.hidden);
  const auto logits = floats(batch.outputs, widths.vocab) + hidden;
  if (stage.count <= 1) return std::max(logits, block + inputs + picked);
  if (stage.index == 0) return block + inputs * graph_copies + hidden * 4;
  if (stage.index + 1 < stage.count) return block + inputs * graph_copies + hidden * 8;
  return std::max(logits, block) + (inputs + picked) * graph_copies + hidden * 8;
}

/// How far the formulas were off on plans with few outputs: 683 of 807 to the byte, 729 within 0.1
/// %, the rest of the decoders up to 26 % short, with a converted cache up to 31 % short; recurrent
/// layers have buffers that are not in the formulas at all.
Estimate band(const CacheRule& rule, Bytes bytes) {
  constexpr std::int64_t several_times = 800;
  if (rule.model.stateful_layers > Elements{0}) return with_band(bytes, 20, several_times);
  const bool plain_cache = rule.workload.cache_k == TensorType::f16 &&
                           rule.workload.cache_v == TensorType::f16 && rule.flash_attention;
  return plain_cache && is_verified(rule.model) ? with_band(bytes, 1, 1) : with_band(bytes, 10, 45);
}

Bytes host_buffers(const CacheRule& rule, const Widths& widths, const Batch& batch) {
  const auto copies = looks_up_positions(rule.model) ? 3 : 2;
  const auto indices = 2 + slot_floats(widths);  // the token, its position and its cache slots
  auto pinned = floats(batch.tokens, copies * widths.hidden + indices) +
                masks(rule, widths, batch) + pad(floats(batch.outputs, 1), host_align);
  if (!rule.flash_attention) {
    pinned += floats(batch.tokens, 2 * cache_kinds(rule, widths) * std::max(widths.k, widths.v));
  }
  const bool embeds = rule.model.arch.kind != ModelKind::decoder;
  const auto row = rule.model.arch.vocab_size + (embeds ? widths.hidden : 0);
  return pinned + floats(rule.workload.sequences, row);
}

}  // namespace llmfit::sizing::llama_cpp
