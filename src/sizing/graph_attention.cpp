// SPDX-License-Identifier: MIT
// Attention over a cache, over the batch alone, and over a latent.
#include <algorithm>

#include "sizing/cache.hpp"
#include "sizing/graph_builder.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {

namespace {

constexpr std::int64_t half_bytes = 2;

}  // namespace

std::int64_t GraphBuilder::cells_of(const Layer& layer) const {
  if (!holds_tokens(layer) && arch_.kind == ModelKind::encoder) return setting_.tokens;
  return setting_.windows && has_window(layer) ? setting_.window_cells : setting_.cells;
}

const CacheInputs& GraphBuilder::inputs_of(const Layer& layer) const {
  return setting_.windows && has_window(layer) ? windowed_ : full_;
}

/// CUDA's flash attention works on f16 copies of a cache in another type, in its own tensor's
/// memory (ggml-cuda).
std::int64_t GraphBuilder::converted(const Layer& layer, std::int64_t k, std::int64_t v) const {
  // Without a kernel attention is computed on the host, and its result alone is here.
  const bool has_kernel = setting_.cache_k != TensorType::iq4_nl &&
                          setting_.cache_v != TensorType::iq4_nl &&
                          (layer.kind == LayerKind::mla || layer.head_dim == layer.value_head_dim);
  if (!runs_on_device() || !has_kernel) return 0;
  const auto converts = [](TensorType type) {
    return type != TensorType::f16 && type != TensorType::f32;
  };
  const auto elements = (converts(setting_.cache_k) ? k : 0) + (converts(setting_.cache_v) ? v : 0);
  return half_bytes * cells_of(layer) * setting_.streams * elements;
}

Ref GraphBuilder::rotate(Ref x, std::int64_t width, bool rotated) {
  if (!rotated) return x;
  if (places_ == nullptr || factors_.empty() || !places_->is_host_block()) {
    return over(width, {x, positions_});
  }
  const auto turned = over(width, {x, positions_, factors_.viewed()});
  places_->reads_factors(turned);
  return turned;
}

/// A projection of queries or keys: its norm, of each head or of all at once, and its rotation.
Ref GraphBuilder::project_head(Ref normed, std::int64_t width, bool rotated, std::string_view stem,
                               Ref scales) {
  const auto x = matrix(width, normed, stem);
  if (has_trait(scales_queries) && !rotated) {
    return scales.empty() ? x.viewed() : over(width, {x.viewed(), scales});
  }
  if (arch_.qk_norm == QkNorm::none) return rotate(x.viewed(), width, rotated);
  if (has_trait(rope_before_norm)) return over(width, {rotate(x.viewed(), width, rotated)});
  if (arch_.qk_norm == QkNorm::full && places_ != nullptr) {
    const auto normal = over(width, {x});
    const auto scaled = over(width, {normal});
    places_->reads_norm(scaled, width, rows_);
    return rotate(scaled.viewed(), width, rotated);
  }
  if (arch_.qk_norm == QkNorm::full) {
    return rotate(over(width, {x}).viewed(), width, rotated);
  }
  auto headed =
      arch_.qk_norm == QkNorm::per_head_layernorm ? fresh(width, {x}) : over(width, {x.viewed()});
  if (places_ != nullptr) headed = scale_heads(headed, width);
  return rotate(headed, width, rotated);
}

/// The weights of a norm of each head: to the scheduler every head is a row.
Ref GraphBuilder::scale_heads(Ref normed, std::int64_t width) {
  places_->norms_block(normed);
  const auto head = std::max(model_.layers[places_->block()].head_dim, 1);
  const auto scaled = over(width, {normed});
  places_->reads_norm(scaled, head, rows_ * (width / head));
  return scaled;
}

bool GraphBuilder::rotates(const Layer& layer) const {
  if (has_trait(no_rope)) return false;
  if (has_trait(rope_windowed_only)) return has_window(layer);
  return !has_trait(fourth_unrotated) || (&layer - model_.layers.data()) % 4 != 3;
}

GraphBuilder::Heads GraphBuilder::project_jointly(const Layer& layer, Ref normed) {
  const auto q = std::int64_t{layer.heads} * layer.head_dim;
  const auto k = std::int64_t{layer.kv_heads} * layer.head_dim;
  const auto v = std::int64_t{layer.kv_heads} * layer.value_head_dim;
  auto joint = matrix(q + k + v, normed, "attn_qkv");
  if (has_trait(clamped_qkv)) joint = fresh(q + k + v, {joint});
  const bool rotated = !has_trait(no_rope);
  return {rotate(joint.viewed(), q, rotated), rotate(joint.viewed(), k, rotated), joint.viewed()};
}

GraphBuilder::Heads GraphBuilder::project(const Layer& layer, Ref normed) {
  if (joint_qkv_) return project_jointly(layer, normed);
  const auto q = std::int64_t{layer.heads} * layer.head_dim;
  const auto k = std::int64_t{layer.kv_heads} * layer.head_dim;
  const auto v = std::int64_t{layer.kv_heads} * layer.value_head_dim;
  const bool rotated = rotates(layer);
  const auto queries = project_head(normed, q, rotated, "attn_q", scales_);
  return {queries, project_head(normed, k, rotated, "attn_k"),
          matrix(v, normed, "attn_v").viewed()};
}

Ref GraphBuilder::hadamard(Ref matrix, Ref x, std::int64_t width) {
  if (matrix.empty()) return x;
  // A part of a joint projection is copied first; what is whole already is read as it is.
  const bool part = joint_qkv_ && x.is_view();
  const auto whole = part ? fresh(width, {x}) : x;
  return fresh(width, {matrix, whole.viewed()});
}

/// Puts keys and values into the cache, in the order in which the engine asks for them.
void GraphBuilder::store(const Layer& layer, Heads& heads) {
  const auto& inputs = inputs_of(layer);
  heads.q = hadamard(inputs.rotate_k, heads.q, std::int64_t{layer.heads} * layer.head_dim);
  heads.k = hadamard(inputs.rotate_k, heads.k, std::int64_t{layer.kv_heads} * layer.head_dim);
  heads.v = hadamard(inputs.rotate_v, heads.v, std::int64_t{layer.kv_heads} * layer.value_head_dim);
  graph_.expand(heads.q);
  const bool two_caches = !windowed_.mask.empty();
  graph_.expand(two_caches ? heads.k : heads.v);
  graph_.expand(two_caches ? heads.v : heads.k);
  store_rows({heads.k.viewed(), inputs.slots_k});
  store_rows({heads.v.viewed(), inputs.slots_v});
  if (places_ != nullptr) places_->reads_another_part(graph_.nodes().size() - 1);
}

/// Flash attention reads f32 as f16, copied for it in the graph.
Ref GraphBuilder::in_half_precision(const Layer& layer, TensorType type, std::int64_t width) {
  if (type != TensorType::f32) return {};
  const auto copy = graph_.fresh(half_bytes * cells_of(layer) * setting_.streams * width, {});
  read_cache(copy, cached(layer, type, width), 0);
  return copy;
}

/// Attention itself, up to the output matrix.
Ref GraphBuilder::scores(const Layer& layer, const Heads& heads, std::int64_t value_width) {
  const auto& inputs = inputs_of(layer);
  const auto k = std::int64_t{layer.kv_heads} * layer.head_dim;
  const auto v = std::int64_t{layer.kv_heads} * layer.value_head_dim;
  if (setting_.flash_attention) {
    const auto keys = in_half_precision(layer, setting_.cache_k, k);
    const auto values = in_half_precision(layer, setting_.cache_v, v);
    const auto more = converted(layer, k, v);
    const auto out = graph_.fresh(floats(value_width) + (places_ == nullptr ? more : 0),
                                  {heads.q.viewed(), keys, values, inputs.mask});
    if (places_ != nullptr) {
      places_->grows_on_device(out, more);
      places_->attends(out);
      places_->reads_weight(out, "attn_sinks", rows_);
      read_cache(out, keys.empty() ? cached(layer, setting_.cache_k, k) : 0,
                 values.empty() ? cached(layer, setting_.cache_v, v) : 0);
    }
    return out;
  }
  Ref values;
  if (!setting_.transposed_values) {
    values = graph_.fresh(half_bytes * cells_of(layer) * setting_.streams * v, {});
    read_cache(values, cached(layer, setting_.cache_v, v), 0);
  }
  const auto scored = fresh(layer.heads * cells_of(layer), {heads.q.viewed()});
  read_cache(scored, cached(layer, setting_.cache_k, k), 0);
  const auto weights = over(layer.heads * cells_of(layer), {scored, inputs.mask});
  const auto mixed = fresh(value_width, {values, weights});
  if (values.empty()) read_cache(mixed, cached(layer, setting_.cache_v, v), 0);
  return fresh(value_width, {mixed.viewed()});
}

/// Bytes of a layer's keys or values in the cache, as attention reads them.
std::int64_t GraphBuilder::cached(const Layer& layer, TensorType type, std::int64_t width) const {
  return cache_row_bytes(type, width).count() * cells_of(layer) * setting_.streams;
}

void GraphBuilder::read_cache(Ref node, std::int64_t first, std::int64_t second) {
  if (places_ != nullptr && first + second > 0) places_->reads_cache(node, first, second);
}

Ref GraphBuilder::encoder_scores(const Layer& layer, Heads heads) {
  const auto k = std::int64_t{layer.kv_heads} * layer.head_dim;
  const auto v = std::int64_t{layer.kv_heads} * layer.value_head_dim;
  const auto width = std::int64_t{layer.heads} * layer.value_head_dim;
  graph_.expand(heads.q);
  graph_.expand(heads.k);
  graph_.expand(heads.v);
  if (setting_.flash_attention) {
    const auto keys = graph_.fresh(half_bytes * k * rows_, {heads.k.viewed()});
    const auto values = graph_.fresh(half_bytes * v * rows_, {heads.v.viewed()});
    return fresh(width, {heads.q.viewed(), keys, values, inputs_of(layer).mask});
  }
  const auto values = fresh(v, {heads.v.viewed()});
  const auto scored = fresh(layer.heads * rows_, {heads.k.viewed(), heads.q.viewed()});
  const auto weights = over(layer.heads * rows_, {scored, inputs_of(layer).mask});
  return fresh(width, {fresh(width, {values, weights}).viewed()});
}

Ref GraphBuilder::attend(const Layer& layer, Heads heads) {
  if (arch_.kind == ModelKind::encoder) return encoder_scores(layer, heads);
  store(layer, heads);
  const auto width = std::int64_t{layer.heads} * layer.value_head_dim;
  auto mixed = scores(layer, heads, width);
  graph_.expand(mixed);
  if (inputs_of(layer).rotate_v.empty()) return mixed;
  return fresh(width, {inputs_of(layer).rotate_v, mixed.viewed()});
}

Ref GraphBuilder::attention(const Layer& layer, Ref normed) {
  if (arch_.mla && layer.kind == LayerKind::mla) return latent(layer, normed);
  if (arch_.mla) return expanded_latent(layer, normed);
  if (arch_.output_gate != OutputGate::none || has_trait(gate_in_queries) ||
      has_trait(gate_beside)) {
    return gated_attention(layer, normed);
  }
  return matrix(arch_.hidden_size, attend(layer, project(layer, normed)).viewed(), "attn_output");
}

/// Flash attention's result is cut into heads, that of single steps was copied together.
Ref GraphBuilder::whole(Ref mixed) const {
  return setting_.flash_attention ? mixed.viewed() : mixed;
}

/// The gate is half of the query projection, or a projection of its own.
Ref GraphBuilder::gated_attention(const Layer& layer, Ref normed) {
  const auto width = std::int64_t{layer.heads} * layer.value_head_dim;
  if (arch_.output_gate != OutputGate::in_q && !has_trait(gate_in_queries)) {
    const auto mixed = attend(layer, project(layer, normed));
    const bool per_head = arch_.output_gate == OutputGate::per_head;
    const auto gates = per_head ? std::int64_t{layer.heads} : width;
    const auto gate = over(gates, {matrix(gates, normed, "attn_gate")});
    return matrix(arch_.hidden_size, over(width, {whole(mixed), gate}), "attn_output");
  }
  const auto k = std::int64_t{layer.kv_heads} * layer.head_dim;
  const auto v = std::int64_t{layer.kv_heads} * layer.value_head_dim;
  const auto joint = matrix(2 * width, normed, "attn_q");
  const auto queries = rotate(over(width, {joint.viewed()}), width, true);
  const auto mixed = attend(layer, {queries, project_head(normed, k, true, "attn_k"),
                                    matrix(v, normed, "attn_v").viewed()});
  const auto gate = over(width, {fresh(width, {joint.viewed()})});
  return matrix(arch_.hidden_size, over(width, {whole(mixed), gate}), "attn_output");
}

/// Queries are brought into the latent's space, which stands for keys and values alike.
Ref GraphBuilder::latent(const Layer& layer, Ref normed) {
  const auto& mla = *arch_.mla;
  const auto heads = std::int64_t{layer.heads};
  const auto rope = std::int64_t{mla.qk_rope_head_dim};
  const auto rank = std::int64_t{mla.kv_lora_rank};
  const auto compressed = mla.q_lora_rank > 0
                              ? over(mla.q_lora_rank, {matrix(mla.q_lora_rank, normed, "attn_q_a")})
                              : normed;
  const auto q = matrix(heads * (mla.qk_nope_head_dim + rope), compressed,
                        mla.q_lora_rank > 0 ? "attn_q_b" : "attn_q");
  const auto absorbed = matrix(heads * rank, q.viewed(), "attn_k_b");
  const auto rotated = over(heads * rope, {q.viewed(), positions_});
  const auto queries = fresh(heads * (rank + rope), {absorbed.viewed(), rotated});
  const auto both = matrix(rank + rope, normed, "attn_kv_a_mqa");
  const auto kept = over(rank, {both.viewed()});
  const auto key = over(rope, {both.viewed(), positions_});
  const auto keys = fresh(rank + rope, {kept.viewed(), key});
  graph_.expand(queries);
  graph_.expand(kept);
  graph_.expand(keys);
  store_rows({keys.viewed(), full_.slots_k});
  const auto width = heads * mla.v_head_dim;
  const auto cells = setting_.cells;
  Ref mixed;
  if (setting_.flash_attention) {
    const auto copied = converted(layer, rank + rope, 0);
    const auto rows = cached(layer, setting_.cache_k, rank + rope);
    mixed = graph_.fresh(floats(heads * rank) + (places_ == nullptr ? copied : 0),
                         {queries.viewed(), full_.mask});
    if (places_ != nullptr) {
      places_->grows_on_device(mixed, copied);
      places_->attends(mixed);
    }
    read_cache(mixed, rows, rows);
    mixed = matrix(width, mixed.viewed(), "attn_v_b");
  } else {
    const auto rows = cached(layer, setting_.cache_k, rank + rope);
    const auto values = graph_.fresh(half_bytes * cells * setting_.streams * rank, {});
    read_cache(values, rows, 0);
    const auto scored = fresh(heads * cells, {queries.viewed()});
    read_cache(scored, rows, 0);
    const auto weights = over(heads * cells, {scored, full_.mask});
    mixed = matrix(width, fresh(heads * rank, {values, weights}), "attn_v_b");
  }
  const auto whole = fresh(width, {mixed.viewed()});
  graph_.expand(whole);
  return matrix(arch_.hidden_size, whole.viewed(), "attn_output");
}

/// Files from before the latent's matrices were split: keys and values of every head.
Ref GraphBuilder::expanded_latent(const Layer& layer, Ref normed) {
  const auto& mla = *arch_.mla;
  const auto heads = std::int64_t{layer.heads};
  const auto rope = std::int64_t{mla.qk_rope_head_dim};
  const auto rank = std::int64_t{mla.kv_lora_rank};
  const auto k = heads * (mla.qk_nope_head_dim + rope);
  const auto v = heads * mla.v_head_dim;
  const auto compressed = mla.q_lora_rank > 0
                              ? over(mla.q_lora_rank, {matrix(mla.q_lora_rank, normed, "attn_q_a")})
                              : normed;
  const auto wide = matrix(k, compressed, mla.q_lora_rank > 0 ? "attn_q_b" : "attn_q");
  const auto queries = over(k, {wide.viewed(), positions_});
  const auto both = matrix(rank + rope, normed, "attn_kv_a_mqa");
  const auto kept = over(rank, {both.viewed()});
  const auto expanded = matrix(heads * (mla.qk_nope_head_dim + mla.v_head_dim), kept, "attn_kv_b");
  const auto values = fresh(v, {expanded.viewed()});
  const auto key = over(rope, {both.viewed(), positions_});
  const auto keys = fresh(k, {expanded.viewed(), fresh(heads * rope, {key})});
  Heads all{queries, keys, values};
  store(layer, all);
  const auto mixed = scores(layer, all, v);
  graph_.expand(mixed);
  const auto back = inputs_of(layer).rotate_v;
  return matrix(arch_.hidden_size,
                back.empty() ? mixed.viewed() : fresh(v, {back, mixed.viewed()}).viewed(),
                "attn_output");
}

}  // namespace llmfit::sizing::llama_cpp
