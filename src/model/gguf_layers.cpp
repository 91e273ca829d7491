// SPDX-License-Identifier: MIT
#include "model/gguf_layers.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "model/gguf_windows.hpp"
#include "model/habits.hpp"

namespace llmfit::model {
namespace {

/// Of the layers of gemma3n, so many at the end reuse an earlier cache where the file does not say.
constexpr std::int32_t gemma3n_owners = 20;

/// Dimensions of attention, all layers' or one each.
struct Attention {
  PerLayer heads;
  PerLayer kv_heads;
  std::int32_t hidden = 0;
  std::optional<std::int32_t> key;  ///< absent: hidden / heads
  std::optional<std::int32_t> value;
  std::optional<std::int32_t> sliding_key;
  std::optional<std::int32_t> sliding_value;
  std::optional<std::int32_t> latent_key;
  std::optional<std::int32_t> latent_value;
  std::int32_t owners = 0;  ///< the first layers, which have a cache of their own
  PerLayer compress_ratios;
};

Attention read_attention(GgufDims& dims, std::int32_t layers) {
  Attention attention;
  const auto count = static_cast<std::size_t>(layers);
  attention.heads = dims.get_by_layer("attention.head_count", count);
  attention.kv_heads = dims.get_by_layer("attention.head_count_kv", count, attention.heads);
  attention.hidden = dims.get("embedding_length");
  attention.key = dims.find("attention.key_length");
  attention.value = dims.find("attention.value_length");
  attention.sliding_key = dims.find("attention.key_length_swa");
  attention.sliding_value = dims.find("attention.value_length_swa");
  attention.latent_key = dims.find("attention.key_length_mla");
  attention.latent_value = dims.find("attention.value_length_mla");
  const bool gemma3n = dims.architecture() == "gemma3n";
  const auto shared =
      dims.get("attention.shared_kv_layers", gemma3n ? std::max(0, layers - gemma3n_owners) : 0);
  attention.owners = std::max(0, layers - shared);
  attention.compress_ratios =
      dims.find_by_layer("attention.compress_ratios", count).value_or(PerLayer{});
  return attention;
}

LayerKind attention_kind(const Architecture& arch, const GgufWindows& windows, std::size_t layer) {
  if (windows.slides(layer)) return windows.kind();
  return arch.kind == ModelKind::encoder ? LayerKind::bidirectional : LayerKind::full;
}

/// minimax-01 alternates full attention with linear attention that has a gate.
bool is_lightning(const GgufDims& dims, const Block& block) {
  return dims.architecture() == "minimax-01" && block.has(Role::attn_gate);
}

struct Planner {
  GgufDims& dims;
  const Architecture& arch;
  GgufWindows windows;
  Attention attention;
  bool latent;
  bool uncached;

  LayerKind kind_of(const Block& block, std::size_t layer) const;
  void set_heads(Layer& layer, std::size_t index) const;
  Layer plan(const Block& block, std::size_t index) const;
};

LayerKind Planner::kind_of(const Block& block, std::size_t layer) const {
  if (block.gated_delta || block.kimi_delta || is_lightning(dims, block)) {
    return LayerKind::linear_attention;
  }
  if (block.compressed) return LayerKind::compressed;
  if (block.has(Role::mla_kv_a) && latent) return LayerKind::mla;
  if (block.mamba) return block.attends() ? LayerKind::attention_mamba : LayerKind::mamba;
  if (block.short_conv) return LayerKind::short_conv;
  if (block.rwkv) return LayerKind::rwkv;
  if (block.attends() || block.has(Role::mla_kv_a)) return attention_kind(arch, windows, layer);
  if (block.cross_attention) return LayerKind::cross;
  return block.has(Role::attn_output) ? LayerKind::linear : LayerKind::none;
}

bool has_heads(LayerKind kind) {
  switch (kind) {
    case LayerKind::linear_attention:
    case LayerKind::mamba:
    case LayerKind::short_conv:
    case LayerKind::rwkv:
    case LayerKind::linear:
    case LayerKind::none:
      return false;
    default:
      return true;
  }
}

void Planner::set_heads(Layer& layer, std::size_t index) const {
  const bool slides = layer.kind == LayerKind::sliding || layer.kind == LayerKind::chunked;
  layer.heads = attention.heads.of(index);
  if (layer.heads == 0) return;
  const auto narrow = attention.hidden / layer.heads;
  layer.kv_heads = attention.kv_heads.of(index);
  layer.head_dim = attention.key.value_or(narrow);
  layer.value_head_dim = attention.value.value_or(narrow);
  if (slides) {
    layer.head_dim = attention.sliding_key.value_or(layer.head_dim);
    const auto otherwise = attention.sliding_key.value_or(layer.value_head_dim);
    layer.value_head_dim = attention.sliding_value.value_or(otherwise);
    layer.window = windows.tokens();
  }
  if (layer.kind == LayerKind::compressed) {
    layer.window = windows.tokens();
    layer.compress_ratio = attention.compress_ratios.of(index);
  }
  if (layer.kind != LayerKind::mla) return;
  layer.kv_heads = layer.heads;
  layer.head_dim = attention.latent_key.value_or(layer.head_dim);
  layer.value_head_dim = attention.latent_value.value_or(layer.value_head_dim);
}

FfnKind ffn_kind(const Block& block) {
  const bool experts = block.has_experts();
  const bool dense = block.has(Role::ffn_down) || block.has(Role::ffn_up) || block.rwkv;
  if (experts) return dense ? FfnKind::both : FfnKind::experts;
  return dense ? FfnKind::dense : FfnKind::none;
}

std::int32_t ffn_size(const Block& block, std::int32_t otherwise) {
  const auto* const down = block.weight(Role::ffn_down);
  return down == nullptr ? otherwise : narrow(down->shape[0]);
}

Layer Planner::plan(const Block& block, std::size_t index) const {
  Layer layer;
  layer.kind = kind_of(block, index);
  layer.ffn = ffn_kind(block);
  if (has_heads(layer.kind)) set_heads(layer, index);
  const auto own = static_cast<std::int64_t>(index) < attention.owners;
  layer.caches = own && !uncached && layer.heads > 0 && arch.kind != ModelKind::encoder &&
                 layer.kind != LayerKind::cross && layer.kind != LayerKind::bidirectional;
  layer.indexed = layer.caches && (block.has_indexer || block.has_block_indexer);
  return layer;
}

/// A window without a pattern is one of all layers or of none (llama.cpp gives its windowed cache
/// to architectures with a pattern alone).
void drop_partial_windows(std::vector<Layer>& layers) {
  const auto windowed = [](const Layer& layer) { return layer.kind == LayerKind::sliding; };
  if (std::all_of(layers.begin(), layers.end(), windowed)) return;
  for (auto& layer : layers) {
    if (!windowed(layer)) continue;
    layer.kind = LayerKind::full;
    layer.window = 0;
  }
}

}  // namespace

bool caches_latent(GgufDims& dims) {
  return dims.find("attention.key_length_mla").value_or(0) > 0 &&
         dims.find("attention.value_length_mla").value_or(0) > 0;
}

std::vector<Layer> gguf_layers(GgufDims& dims, const Architecture& arch, const Blocks& blocks) {
  const auto count = blocks.blocks.size() - static_cast<std::size_t>(arch.mtp_layers);
  const bool attends = std::any_of(blocks.blocks.begin(), blocks.blocks.end(),
                                   [](const Block& block) { return block.attends(); });
  if (attends && !dims.has("attention.head_count")) dims.require("attention.head_count");
  const Planner planner{dims,
                        arch,
                        GgufWindows(dims, count),
                        read_attention(dims, static_cast<std::int32_t>(count)),
                        caches_latent(dims),
                        is_uncached(dims.architecture())};
  const auto widths = dims.get_by_layer("feed_forward_length", count);
  const auto encoders = arch.encoder_decoder ? arch.encoder_decoder->encoder_layers : 0;
  std::vector<Layer> layers;
  layers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto layer = planner.plan(blocks.blocks[i], i);
    layer.ffn_size = ffn_size(blocks.blocks[i], widths.of(i));
    if (static_cast<std::int64_t>(i) < encoders) {
      layer.kind = LayerKind::bidirectional;
      layer.caches = false;
    }
    layers.push_back(layer);
  }
  if (!planner.windows.has_pattern()) drop_partial_windows(layers);
  return layers;
}

}  // namespace llmfit::model
