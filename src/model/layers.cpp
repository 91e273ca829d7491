// SPDX-License-Identifier: MIT
#include "model/layers.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "model/habits.hpp"

namespace llmfit::model {
namespace {

/// What a letter of `layer_kinds` stands for.
struct KindRule {
  char letter;
  LayerKind kind;
  bool attends;  ///< it has heads
  bool caches;   ///< keys and values of tokens
};

constexpr auto kind_rules = std::to_array<KindRule>({
    {'F', LayerKind::full, true, true},
    {'S', LayerKind::sliding, true, true},
    {'C', LayerKind::chunked, true, true},
    {'B', LayerKind::bidirectional, true, true},
    {'A', LayerKind::mla, true, true},
    {'X', LayerKind::cross, true, false},
    {'-', LayerKind::none, false, false},
    {'H', LayerKind::attention_mamba, true, true},
    {'M', LayerKind::mamba, false, false},
    {'L', LayerKind::linear_attention, false, false},
    {'K', LayerKind::short_conv, false, false},
    {'G', LayerKind::rg_lru, false, false},
    {'R', LayerKind::rwkv, false, false},
    {'W', LayerKind::rwkv4, false, false},
    {'V', LayerKind::compressed, true, true},
    {'l', LayerKind::linear, false, false},
});

struct FfnRule {
  char letter;
  FfnKind kind;
};

constexpr auto ffn_rules = std::to_array<FfnRule>({
    {'D', FfnKind::dense},
    {'E', FfnKind::experts},
    {'B', FfnKind::both},
    {'-', FfnKind::none},
    {'l', FfnKind::linear},
});

template <class Rule, std::size_t size>
const Rule* rule_of(const std::array<Rule, size>& rules, char letter) {
  const auto* const found = std::find_if(
      rules.begin(), rules.end(), [letter](const Rule& rule) { return rule.letter == letter; });
  return found == rules.end() ? nullptr : found;
}

void override_with(std::int32_t& value, std::int32_t other) {
  if (other > 0) value = other;
}

/// An array of the record that holds one value a layer, where it has one.
void override_with(std::int32_t& value, std::span<const std::int32_t> by_layer, std::size_t i) {
  if (i < by_layer.size()) value = by_layer[i];
}

void set_sliding(Layer& layer, const ArchitectureRecord& record) {
  override_with(layer.heads, record.window_heads);
  override_with(layer.kv_heads, record.window_kv_heads);
  override_with(layer.head_dim, record.window_head_dim);
  override_with(layer.value_head_dim, record.window_head_dim);
  override_with(layer.value_head_dim, record.window_value_head_dim);
}

void set_heads(Layer& layer, const ArchitectureRecord& record, std::size_t i) {
  layer.heads = record.heads;
  layer.kv_heads = record.kv_heads;
  layer.head_dim = record.head_dim;
  layer.value_head_dim = record.value_head_dim > 0 ? record.value_head_dim : record.head_dim;
  if (layer.kind == LayerKind::sliding) set_sliding(layer, record);
  override_with(layer.heads, record.heads_by_layer, i);
  override_with(layer.kv_heads, record.kv_heads_by_layer, i);
}

bool caches(const Layer& layer, const KindRule& rule, const ArchitectureRecord& record,
            std::size_t i) {
  const auto owners = std::int64_t{record.layers} - record.kv_shared_layers;
  return rule.caches && layer.heads > 0 && record.dims.kind != ModelKind::encoder &&
         !is_uncached(record.gguf) && static_cast<std::int64_t>(i) < owners;
}

/// Kinds that keep the latest tokens apart from all others.
bool has_latest_tokens(LayerKind kind) {
  return kind == LayerKind::sliding || kind == LayerKind::chunked || kind == LayerKind::compressed;
}

bool is_indexed(const ArchitectureRecord& record, std::size_t i) {
  const auto& owners = record.indexer_layers;
  return record.dims.indexer.has_value() &&
         (owners.empty() ||
          std::find(owners.begin(), owners.end(), static_cast<std::int32_t>(i)) != owners.end());
}

Layer make_layer(const ArchitectureRecord& record, const KindRule& kind, const FfnRule& ffn,
                 std::size_t i) {
  Layer layer;
  layer.kind = kind.kind;
  layer.ffn = ffn.kind;
  if (kind.attends) set_heads(layer, record, i);
  layer.ffn_size = record.ffn_size;
  override_with(layer.ffn_size, record.ffn_size_by_layer, i);
  if (has_latest_tokens(kind.kind)) layer.window = record.window;
  override_with(layer.compress_ratio, record.compress_ratios, i);
  layer.caches = caches(layer, kind, record, i);
  layer.indexed = layer.caches && is_indexed(record, i);
  return layer;
}

/// The rules of one layer's letters. Errors: internal.
struct Rules {
  const KindRule* kind;
  const FfnRule* ffn;
};
Result<Rules> rules_of(const ArchitectureRecord& record, std::size_t i) {
  const auto* const kind = rule_of(kind_rules, record.layer_kinds[i]);
  const auto* const ffn = rule_of(ffn_rules, record.ffn_kinds[i]);
  if (kind != nullptr && ffn != nullptr) return Rules{kind, ffn};
  const char letter = kind == nullptr ? record.layer_kinds[i] : record.ffn_kinds[i];
  return fail(ErrorCode::internal, std::string("no rule for layers of kind '") + letter + "'");
}

/// The catalog describes the encoder's layers; those of both stacks are alike but for the cache.
void add_decoder(LayerPlan& plan, const EncoderDecoder& stacks) {
  for (auto& layer : plan.layers) {
    layer.kind = LayerKind::bidirectional;
    layer.caches = false;
  }
  if (plan.layers.empty()) return;
  auto layer = plan.layers.back();
  plan.layers.resize(static_cast<std::size_t>(stacks.encoder_layers), layer);
  layer.kind = LayerKind::full;
  layer.caches = true;
  plan.layers.resize(plan.layers.size() + static_cast<std::size_t>(stacks.decoder_layers), layer);
}

}  // namespace

Result<LayerPlan> plan_layers(const ArchitectureRecord& record) {
  const auto count = record.layer_kinds.size();
  if (static_cast<std::int64_t>(count) != record.layers || record.ffn_kinds.size() != count) {
    return fail(ErrorCode::internal, "an architecture whose layer kinds do not cover its layers");
  }
  LayerPlan plan;
  plan.layers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto rules = rules_of(record, i);
    if (!rules) return tl::unexpected<Error>(rules.error());
    plan.layers.push_back(make_layer(record, *rules->kind, *rules->ffn, i));
  }
  if (record.dims.encoder_decoder) add_decoder(plan, *record.dims.encoder_decoder);
  return plan;
}

}  // namespace llmfit::model
