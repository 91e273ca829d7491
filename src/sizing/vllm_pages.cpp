// SPDX-License-Identifier: MIT
#include "sizing/vllm_pages.hpp"

#include <algorithm>

#include "sizing/cache.hpp"
#include "sizing/engine_state.hpp"
#include "sizing/vllm_rules.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::vllm {
namespace {

/// FlashMLA forces blocks of 64; other kernels for latent attention take 32 to 128.
constexpr std::int64_t latent_block_tokens = 64;

/// Sparse latent attention in 8 bits: 512 values, four scales, 64 rotary values in 16 bits; and the
/// keys of its indexer with a scale, in any type.
constexpr std::int64_t sparse_latent_bytes = 656;
constexpr std::int64_t indexer_scale_bytes = 4;

std::int64_t rank_heads(const Layer& layer, std::int64_t ranks) {
  return std::max<std::int64_t>(1, ceil_div(layer.kv_heads, ranks));
}

/// Every rank holds the latent whole.
Bytes latent_token(const Model& model, const Workload& workload, const Layer& layer) {
  auto latent = cache_row_bytes(workload.cache_k, latent_width(*model.arch.mla).count());
  if (!layer.indexed || !model.arch.indexer) return latent;
  if (workload.cache_k == TensorType::fp8) latent = Bytes{sparse_latent_bytes};
  return latent + Bytes{model.arch.indexer->head_dim + indexer_scale_bytes};
}

Bytes token_bytes(const Model& model, const Workload& workload, const Layer& layer,
                  std::int64_t ranks) {
  if (caches_latent(model.arch, layer)) return latent_token(model, workload, layer);
  const auto heads = rank_heads(layer, ranks);
  // Expanded latents have wider keys than values, which are padded (models/minicpm3.py).
  const auto value = layer.kind == LayerKind::mla ? layer.head_dim : layer.value_head_dim;
  return cache_row_bytes(workload.cache_k, heads * layer.head_dim) +
         cache_row_bytes(workload.cache_v, heads * value);
}

}  // namespace

Pages::Pages(const Model& model, const Workload& workload, std::int64_t ranks)
    : model_(model), workload_(workload), ranks_(ranks) {
  collect();
  uniform_ = is_uniform();
  set_blocks();
  if (uniform_) {
    group_size_ = layers();
    return;
  }
  equalise();
  form_groups();
}

void Pages::collect() {
  for (const auto& layer : model_.layers) {
    if (holds_tokens(layer)) count(layer, false);
    if (keeps_state(layer)) count(layer, true);
  }
}

std::int64_t Pages::window_of(const Layer& layer) const {
  const bool keeps = workload_.vllm.hybrid_cache && rules_of(workload_.vllm).keeps_windows;
  return keeps && has_window(layer) ? layer.window : 0;
}

void Pages::count(const Layer& layer, bool is_state) {
  for (auto& kind : kinds_) {
    if (kind.is_state != is_state || !same_attention(*kind.layer, layer)) continue;
    ++kind.layers;
    return;
  }
  PageKind kind;
  kind.layer = &layer;
  kind.is_state = is_state;
  kind.layers = 1;
  kind.window = is_state ? 0 : window_of(layer);
  kind.token = is_state ? unpadded_state(model_, layer, ranks_)
                        : token_bytes(model_, workload_, layer, ranks_);
  // Layers that differ in their queries only are of one kind.
  const auto alike = [&](const PageKind& other) {
    return other.is_state == is_state && other.window == kind.window && other.token == kind.token &&
           other.layer->kind == layer.kind;
  };
  const auto found = std::find_if(kinds_.begin(), kinds_.end(), alike);
  if (found != kinds_.end()) {
    ++found->layers;
  } else {
    kinds_.push_back(kind);
  }
}

/// Layers without windows and states are of one type, whatever their widths.
bool Pages::is_uniform() const {
  if (kinds_.size() <= 1) return true;
  return std::all_of(kinds_.begin(), kinds_.end(),
                     [](const PageKind& kind) { return !kind.is_state && kind.window == 0; });
}

void Pages::set_blocks() {
  Bytes state;
  for (const auto& kind : kinds_) {
    if (kind.is_state) state = std::max(state, kind.token);
  }
  for (auto& kind : kinds_) {
    if (kind.is_state) {
      kind.page = kind.token;
      continue;
    }
    const bool latent = caches_latent(model_.arch, *kind.layer);
    const auto usual = latent ? latent_block_tokens : block_tokens;
    kind.tokens = workload_.vllm.block_size.value_or(usual);
    // Raised until a page holds a state (vllm/model_executor/models/config.py).
    const auto step = kind.token * usual;
    if (!uniform_ && step > Bytes{0} && state > Bytes{0}) {
      kind.tokens = std::max(kind.tokens, usual * ceil_div(state.count(), step.count()));
    }
    kind.page = kind.token * kind.tokens;
  }
}

/// Smaller pages get more tokens where they divide the largest, else they are padded.
void Pages::equalise() {
  for (const auto& kind : kinds_) page_ = std::max(page_, kind.page);
  for (auto& kind : kinds_) {
    if (!kind.is_state && kind.page > Bytes{0} && page_.count() % kind.page.count() == 0) {
      kind.tokens *= page_.count() / kind.page.count();
    }
    kind.page = page_;
  }
}

void Pages::form_groups() {
  auto least = kinds_.front().layers;
  auto most = least;
  for (const auto& kind : kinds_) {
    least = std::min(least, kind.layers);
    most = std::max(most, kind.layers);
  }
  const bool alike = 100 * most < rules_of(workload_.vllm).group_percent * least;
  group_size_ = alike ? most : least;
  for (auto& kind : kinds_) kind.groups = ceil_div(kind.layers, group_size_);
}

std::int64_t Pages::layers() const {
  std::int64_t sum = 0;
  for (const auto& kind : kinds_) sum += kind.layers;
  return sum;
}

std::int64_t Pages::groups() const {
  if (uniform_) return kinds_.empty() ? 0 : 1;
  std::int64_t sum = 0;
  for (const auto& kind : kinds_) sum += kind.groups;
  return sum;
}

std::int64_t Pages::smallest_block() const {
  std::int64_t least = 0;
  for (const auto& kind : kinds_) {
    if (!kind.is_state) least = least == 0 ? kind.tokens : std::min(least, kind.tokens);
  }
  return least;
}

Bytes Pages::block_bytes(std::int64_t layers, std::int64_t all) const {
  if (all == 0) return Bytes{0};
  if (!uniform_) return page_ * ceil_div(group_size_ * layers, all);
  Bytes sum;
  for (const auto& kind : kinds_) sum += kind.page * kind.layers;
  return Bytes{ceil_div(sum.count(), all)} * layers;
}

/// A sliding window may straddle one block more.
std::int64_t Pages::blocks_of(const PageKind& kind, std::int64_t context) const {
  if (kind.is_state) {
    return workload_.vllm.prefix_caching ? rules_of(workload_.vllm).state_blocks : 1;
  }
  // Decode context parallel gives each rank a part of a sequence's tokens.
  const auto held = ceil_div(context, std::int64_t{workload_.vllm.decode_context});
  if (kind.window == 0) return ceil_div(held, kind.tokens);
  const auto flight = tokens_in_flight(workload_);
  if (kind.layer->kind == LayerKind::chunked) {
    return ceil_div(std::min(kind.window + flight, context), kind.tokens);
  }
  return ceil_div(std::min(kind.window - 1 + flight, context), kind.tokens) + 1;
}

std::int64_t Pages::blocks(std::int64_t context) const {
  std::int64_t most = 0;
  std::int64_t sum = 0;
  for (const auto& kind : kinds_) {
    const auto need = blocks_of(kind, context);
    most = std::max(most, need);
    sum += kind.groups * need;
  }
  return uniform_ ? most : sum;
}

/// Of all layers of a kind, and of the padding that fills their last group.
Bytes Pages::kind_bytes(const PageKind& kind) const {
  const auto held = kind.page * blocks_of(kind, workload_.context) * workload_.sequences;
  return held * (uniform_ ? kind.layers : kind.groups * group_size_);
}

Bytes Pages::layer_bytes(const PageKind& kind) const {
  const auto all = kind_bytes(kind);
  return all.overflowed() ? all : Bytes{ceil_div(all.count(), kind.layers)};
}

Bytes Pages::sum(bool states) const {
  Bytes sum;
  for (const auto& kind : kinds_) {
    if (kind.is_state == states) sum += kind_bytes(kind);
  }
  return sum;
}

Bytes Pages::all_caches() const { return sum(false); }
Bytes Pages::all_states() const { return sum(true); }

Bytes Pages::find(const Layer& layer, bool is_state) const {
  for (const auto& kind : kinds_) {
    if (kind.is_state != is_state) continue;
    if (kind.layer == &layer || same_attention(*kind.layer, layer)) return layer_bytes(kind);
  }
  if (is_state) return Bytes{0};
  const auto token = token_bytes(model_, workload_, layer, ranks_);
  for (const auto& kind : kinds_) {
    if (!kind.is_state && kind.token == token && kind.window == window_of(layer)) {
      return layer_bytes(kind);
    }
  }
  return Bytes{0};
}

Bytes Pages::cache(const Layer& layer) const {
  return holds_tokens(layer) ? find(layer, false) : Bytes{0};
}

Bytes Pages::state(const Layer& layer) const {
  return keeps_state(layer) ? find(layer, true) : Bytes{0};
}

}  // namespace llmfit::sizing::vllm
