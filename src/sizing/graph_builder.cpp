// SPDX-License-Identifier: MIT
// Inputs, the order of a block's parts, and the output head.
#include "sizing/graph_builder.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "model/habits.hpp"
#include "sizing/widths.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int64_t float_bytes = 4;

std::string_view architecture_of(const Model& model) {
  return model.architecture ? std::string_view(*model.architecture) : std::string_view{};
}

/// Four norms of a layer are two around each of its parts.
NormPlace place_of_norms(std::string_view first, std::int32_t count) {
  if (first == "post_attention_norm") return NormPlace::after_part;
  if (first == "attn_output_norm") return NormPlace::after_sum;
  return count >= 4 ? NormPlace::after_both : NormPlace::before;
}

}  // namespace

GraphBuilder::GraphBuilder(const Model& model, const GraphSetting& setting, Graph& graph,
                           GraphPlaces* places)
    : model_(model),
      arch_(model.arch),
      habits_(graph_habits_of(architecture_of(model))),
      setting_(setting),
      graph_(graph),
      places_(places),
      rows_(setting.tokens),
      looks_up_(arch_.position_embeddings > 0) {
  const auto& names = model::habits_of(architecture_of(model));
  joint_qkv_ = model::has(names, model::fused_qkv);
  joint_gate_up_ = model::has(names, model::fused_gate_up);
  norms_ = place_of_norms(names.norms.front(), arch_.norms_per_layer);
}

std::int64_t GraphBuilder::floats(std::int64_t width) const { return float_bytes * width * rows_; }

Ref GraphBuilder::fresh(std::int64_t width, Graph::Sources sources) {
  return graph_.fresh(floats(width), sources);
}

Ref GraphBuilder::over(std::int64_t width, Graph::Sources sources) {
  return graph_.in_place(floats(width), sources);
}

/// RMS norms are computed in place, others are not (ggml: ggml_op_can_inplace); weight and bias
/// always are.
Ref GraphBuilder::norm(Ref x, std::int64_t width) {
  if (!handed_.empty()) return fresh(width, {std::exchange(handed_, Ref{})});
  if (places_ != nullptr) return scheduled_norm(x, width);
  return arch_.norm == Norm::rmsnorm ? over(width, {x}) : fresh(width, {x});
}

/// Its weight may lie elsewhere than what is normed.
Ref GraphBuilder::scheduled_norm(Ref x, std::int64_t width) {
  const auto normed = arch_.norm == Norm::rmsnorm ? over(width, {x}) : fresh(width, {x});
  places_->norms_block(normed);
  if (arch_.norm == Norm::none) return normed;
  const auto scaled = over(width, {normed});
  places_->reads_norm(scaled, width, rows_);
  if (arch_.norm != Norm::layernorm) return scaled;
  const auto shifted = over(width, {scaled});
  places_->reads_norm(shifted, width, rows_);
  return shifted;
}

/// Says which weight the node reads, where that matters.
Ref GraphBuilder::weighed(Ref node, std::string_view stem) {
  if (places_ != nullptr) places_->reads_weight(node, stem, rows_);
  return node;
}

Ref GraphBuilder::matrix(std::int64_t width, Ref x, std::string_view stem) {
  const auto product = weighed(fresh(width, {x}), stem);
  return places_ == nullptr ? product : biased(product, width, stem);
}

Ref GraphBuilder::biased(Ref product, std::int64_t width, std::string_view stem) {
  if (!places_->has_bias(stem)) return product;
  const auto sum = over(width, {product});
  places_->reads_bias(sum, stem, rows_);
  return sum;
}

/// Writes to the block's cache or state.
void GraphBuilder::store_rows(Graph::Sources sources) {
  graph_.write(sources);
  if (places_ != nullptr) places_->writes_cache(graph_.nodes().size() - 1);
}

Ref GraphBuilder::sum(Ref a, Ref b) { return over(arch_.hidden_size, {a, b}); }

Ref GraphBuilder::pick(Ref x) {
  return graph_.fresh(float_bytes * arch_.hidden_size * setting_.outputs, {x, picked_});
}

bool GraphBuilder::reads_encoder() const {
  return arch_.kind == ModelKind::encoder_decoder && arch_.encoder_decoder &&
         !arch_.encoder_decoder->bart;
}

void GraphBuilder::block(const Layer& layer, bool last) {
  if (reads_encoder()) {
    if (layer.kind != LayerKind::bidirectional) decoder_block(layer, last);
    return;
  }
  if (has_trait(several_streams)) {
    stream_block(layer);
    return;
  }
  if (layer.kind == LayerKind::rwkv && arch_.rwkv && arch_.rwkv->lora_decay > 0 &&
      arch_.rwkv->head_size > 0) {
    rwkv_block(layer, last);
    return;
  }
  const bool picks = last && !has_trait(picks_at_end) && !has_trait(picks_after_norm);
  x_ = habits_.residual == Residual::sequential || layer.ffn == FfnKind::none
           ? sequential(layer, x_, picks)
           : parallel(layer, x_, picks);
}

Ref GraphBuilder::mix(const Layer& layer, Ref x, Ref normed) {
  switch (layer.kind) {
    case LayerKind::mamba:
      if (!arch_.ssm) break;
      return arch_.ssm->version == 1 ? mamba1(normed) : mamba2(normed);
    case LayerKind::attention_mamba: {
      const auto attended = attention(layer, normed);
      return arch_.ssm ? sum(attended, mamba2(norm(x, arch_.hidden_size))) : attended;
    }
    case LayerKind::short_conv:
      if (!arch_.short_conv) break;
      return short_conv(normed);
    case LayerKind::linear_attention:
      if (!arch_.linear_attention) break;
      return delta_net(normed);
    default:
      if (layer.heads > 0) return attention(layer, normed);
      break;
  }
  // A kind that is not known in detail: some matrix.
  return fresh(arch_.hidden_size, {fresh(arch_.hidden_size, {normed})});
}

Ref GraphBuilder::sequential(const Layer& layer, Ref x, bool last) {
  const auto width = arch_.hidden_size;
  const bool before = norms_before();
  const auto join = [&](Ref part, Ref stream, GraphTrait swapped) {
    return has_trait(swapped) ? sum(stream, part) : sum(part, stream);
  };
  if (layer.kind != LayerKind::none) {
    auto mixed = mix(layer, x, before ? norm(x, width) : x);
    const bool picks_sum = layer.kind == LayerKind::attention_mamba;
    if (last && !picks_sum) {
      mixed = pick(mixed);
      x = pick(x);
      rows_ = setting_.outputs;
    }
    if (norms_ == NormPlace::after_both || norms_ == NormPlace::after_part) {
      mixed = norm(mixed, width);
    }
    x = join(mixed, x, attention_joins);
    if (last && picks_sum) {
      x = pick(x);
      rows_ = setting_.outputs;
    }
    if (norms_ == NormPlace::after_sum) x = norm(x, width);
  } else if (last) {
    x = pick(x);
    rows_ = setting_.outputs;
  }
  if (layer.ffn == FfnKind::none) return x;
  auto out = feed_forward(layer, before ? norm(x, width) : x);
  if (norms_ == NormPlace::after_both || norms_ == NormPlace::after_part) out = norm(out, width);
  out = join(out, x, ffn_joins);
  return norms_ == NormPlace::after_sum ? norm(out, width) : out;
}

Ref GraphBuilder::parallel(const Layer& layer, Ref x, bool last) {
  const auto width = arch_.hidden_size;
  auto normed = norm(x, width);
  auto attended = mix(layer, x, normed);
  const bool separate = habits_.residual == Residual::two_norms;
  if (last) {
    attended = pick(attended);
    x = pick(x);
    if (!separate) normed = pick(normed);
    rows_ = setting_.outputs;
  }
  const auto fed = feed_forward(layer, separate ? norm(x, width) : normed);
  switch (habits_.residual) {
    case Residual::into_attention:
      return sum(sum(attended, fed), x);
    case Residual::into_ffn:
      return sum(sum(fed, attended), x);
    default:
      return sum(sum(fed, x), attended);
  }
}

void GraphBuilder::finish() {
  if (is_last()) {
    head();
  } else {
    hand_over();
  }
}

/// The next block's norm has no weights of its own, so it is computed here.
void GraphBuilder::hand_over() {
  if (norms_before()) {
    const auto normed = norm(x_, arch_.hidden_size);
    graph_.expand(normed);
    graph_.write({normed});
  }
  graph_.write({x_});
}

void GraphBuilder::head() {
  const auto width = arch_.hidden_size;
  if (places_ != nullptr) places_->begin_block(-1);
  if (has_trait(several_streams)) close_streams();
  if (has_trait(picks_at_end)) {
    x_ = pick(has_trait(several_streams) ? x_ : graph_.keep(x_));
    rows_ = setting_.outputs;
  }
  if (arch_.final_norm || norms_before()) x_ = graph_.keep(norm(x_, width));
  if (has_trait(picks_after_norm)) {
    x_ = graph_.keep(pick(x_));
    rows_ = setting_.outputs;
  }
  if (arch_.lm_head && arch_.kind != ModelKind::encoder)
    x_ = graph_.keep(matrix(arch_.vocab_size, x_, "output"));
  graph_.expand(x_);
}

}  // namespace llmfit::sizing::llama_cpp
