// SPDX-License-Identifier: MIT
#include "sizing/state.hpp"

#include <algorithm>

#include "sizing/engine_state.hpp"
#include "sizing/sparse_cache.hpp"

namespace llmfit::sizing {
namespace {

/// A convolution keeps all its tokens but the current one.
std::int64_t earlier(std::int64_t taps) { return std::max<std::int64_t>(0, taps - 1); }

/// Mamba-2 convolves B and C of its groups beside the inner width, Mamba only that.
StateShape mamba_shape(const Ssm& ssm) {
  const auto groups = ssm.version == 1 ? 0 : std::int64_t{ssm.n_groups};
  const auto width = Elements{ssm.d_state} * (2 * groups) + Elements{ssm.d_inner};
  return {width, earlier(ssm.d_conv), Elements{ssm.d_state} * ssm.d_inner};
}

/// A matrix of key width x value width a head; queries, keys and values are convolved before it,
/// except in lightning attention.
StateShape linear_shape(const LinearAttention& dims) {
  const auto keys = Elements{dims.key_heads} * dims.key_head_dim;
  const auto values = Elements{dims.value_heads} * dims.value_head_dim;
  const auto columns = dims.kind == LinearKind::lightning ? 0 : earlier(dims.conv_kernel);
  return {keys * 2 + values, columns, values * dims.key_head_dim};
}

/// Keys, values and their scores of the tokens that make up the next compressed row. Layers that
/// compress four tokens to one overlap their windows and have an indexer (DeepSeek V4).
StateShape compressor_shape(const CompressedAttention& dims, const Layer& layer) {
  const Elements head{layer.head_dim};
  const std::int64_t ratio = layer.compress_ratio;
  if (ratio != overlapping_ratio) return {head * 2, ratio, Elements{0}};
  return {(head + Elements{dims.index_head_dim}) * (2 * 2), 2 * ratio, Elements{0}};
}

StateShape rwkv_shape(const Rwkv& dims, Elements hidden) {
  return {hidden, dims.token_shifts, hidden * dims.head_size};
}

/// RWKV 4 keeps the latest input of either half of a block, and numerator, denominator and exponent
/// of its average.
StateShape rwkv4_shape(Elements hidden) { return {hidden, 2, hidden * 3}; }

}  // namespace

StateShape state_shape(const Model& model, const Layer& layer) {
  const auto& arch = model.arch;
  const Elements hidden{arch.hidden_size};
  switch (layer.kind) {
    case LayerKind::attention_mamba:
    case LayerKind::mamba:
      return arch.ssm ? mamba_shape(*arch.ssm) : StateShape{};
    case LayerKind::linear_attention:
      return arch.linear_attention ? linear_shape(*arch.linear_attention) : StateShape{};
    case LayerKind::short_conv:
      return {hidden, arch.short_conv ? earlier(arch.short_conv->l_cache) : 0, Elements{0}};
    case LayerKind::rg_lru:
      if (!arch.rg_lru) return {};
      return {Elements{arch.rg_lru->width}, earlier(arch.rg_lru->d_conv),
              Elements{arch.rg_lru->width}};
    case LayerKind::rwkv:
      return arch.rwkv ? rwkv_shape(*arch.rwkv, hidden) : StateShape{};
    case LayerKind::rwkv4:
      return rwkv4_shape(hidden);
    case LayerKind::compressed:
      return arch.compressed ? compressor_shape(*arch.compressed, layer) : StateShape{};
    default:
      return {};
  }
}

std::optional<Bytes> layer_state_bytes(const CacheRule& rule, const Layer& layer) {
  if (!keeps_state(layer)) return Bytes{0};
  switch (rule.workload.engine) {
    case Engine::llama_cpp:
      return llama_cpp::state_bytes(rule, layer);
    case Engine::vllm:
      return vllm::state_bytes(rule, layer);
    case Engine::transformers:
      return transformers::state_bytes(rule, layer);
    case Engine::params:
      return Bytes{0};
    case Engine::mlx:
    case Engine::exllama:
      break;
  }
  return std::nullopt;
}

std::optional<Bytes> state_bytes(const CacheRule& rule) {
  std::vector<BlockLoad> blocks(rule.model.layers.size());
  return fill_state(rule, blocks);
}

std::optional<Bytes> fill_state(const CacheRule& rule, std::vector<BlockLoad>& blocks) {
  const auto& layers = rule.model.layers;
  Bytes total;
  const Layer* previous = nullptr;
  std::optional<Bytes> bytes;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!keeps_state(layers[i])) continue;
    const bool alike = previous != nullptr && same_attention(*previous, layers[i]);
    previous = &layers[i];
    if (!alike) bytes = layer_state_bytes(rule, layers[i]);
    if (!bytes) return std::nullopt;
    blocks[i].state = *bytes;
    total += *bytes;
  }
  if (!rule.pages || total == rule.pages->all_states()) return total;
  const auto first = std::find_if(blocks.begin(), blocks.end(),
                                  [](const BlockLoad& block) { return block.state > Bytes{0}; });
  first->state -= total - rule.pages->all_states();
  return rule.pages->all_states();
}

}  // namespace llmfit::sizing

namespace llmfit {

std::optional<Bytes> state_bytes(const Model& model, const Layer& layer, const Workload& workload) {
  const auto widths = sizing::widths_of(model);
  return sizing::layer_state_bytes(sizing::CacheRule(model, widths, workload), layer);
}

}  // namespace llmfit
