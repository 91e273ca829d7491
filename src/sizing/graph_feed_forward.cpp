// SPDX-License-Identifier: MIT
// Dense feed-forward parts and experts.
#include <algorithm>

#include "sizing/graph_builder.hpp"

namespace llmfit::sizing::llama_cpp {
namespace {

constexpr std::int32_t most_experts_at_once = 512;
constexpr std::int64_t most_added = 1024;  // outputs of experts: more change nothing

}  // namespace

Ref GraphBuilder::feed_forward(const Layer& layer, Ref normed) {
  const bool routed = layer.ffn == FfnKind::experts || layer.ffn == FfnKind::both;
  if (!routed || !arch_.experts) return dense(normed, layer.ffn_size);
  const auto out = experts(normed);
  return layer.ffn == FfnKind::both ? sum(out, dense(normed, layer.ffn_size)) : out;
}

Ref GraphBuilder::dense(Ref normed, std::int64_t width) {
  const auto down = [&](Ref inside) { return matrix(arch_.hidden_size, inside, "ffn_down"); };
  if (!arch_.gated_mlp) return down(over(width, {matrix(width, normed, "ffn_up")}));
  if (joint_gate_up_) return down(fresh(width, {matrix(2 * width, normed, "ffn_up")}));
  const auto gate = matrix(width, normed, "ffn_gate");
  return down(fresh(width, {gate, matrix(width, normed, "ffn_up")}));
}

/// CUDA computes the router in one kernel, and keeps alive what its parts would have written:
/// for numbers of experts that are a power of two (ggml-cuda: topk-moe).
bool GraphBuilder::routes_at_once() const {
  const auto count = arch_.experts->count;
  const bool power = (count & (count - 1)) == 0 && count <= most_experts_at_once;
  return runs_on_device() && power && !has_trait(late_softmax) && !has_trait(weights_before);
}

/// What a device's kernel reads beside what the single steps would.
void GraphBuilder::fuse(Ref with, Graph::Sources sources) {
  graph_.write(sources);
  if (places_ != nullptr) places_->is_fused(graph_.nodes().size() - 1, with);
}

/// Weights of the chosen experts; `chosen` is set to their numbers.
Ref GraphBuilder::route(Ref normed, Ref& chosen) {
  const auto& experts = *arch_.experts;
  const auto active = std::int64_t{experts.active};
  const auto logits = matrix(experts.count, normed, "ffn_gate_inp");
  const auto probabilities = has_trait(late_softmax) ? logits : over(experts.count, {logits});
  const auto biased = experts.router_bias && !has_trait(late_softmax)
                          ? over(experts.count, {probabilities})
                          : probabilities;
  chosen = fresh(experts.count, {has_trait(weights_before) ? logits : biased});
  const auto picked = fresh(active, {probabilities.viewed(), chosen.viewed()});
  auto weights = picked;
  Ref total;
  Ref clamped;
  if (has_trait(late_softmax)) weights = over(active, {weights.viewed()});
  if (!has_trait(raw_weights) && !has_trait(late_softmax) && !has_trait(weights_before)) {
    total = fresh(1, {weights.viewed()});
    clamped = fresh(1, {total});
    weights = over(active, {weights.viewed(), clamped});
  }
  const auto whole = weights;
  if (has_trait(scaled_weights)) weights = over(active, {weights.viewed()});
  graph_.expand(weights);
  if (routes_at_once()) {
    fuse(logits, {logits, probabilities, biased, chosen, picked, total});
    fuse(logits, {clamped, whole, weights});
  }
  return weights;
}

Ref GraphBuilder::experts(Ref normed) {
  const auto& experts = *arch_.experts;
  const auto active = std::int64_t{experts.active};
  const auto inside = active * experts.ffn_size;
  const auto hidden = arch_.hidden_size;
  Ref chosen;
  const auto weights = route(normed, chosen);
  auto in = normed.viewed();
  if (has_trait(weights_before)) {
    in = over(active * hidden, {fresh(active * hidden, {in}), weights});
  }
  const auto routed = [&](std::int64_t width, Ref x, std::string_view stem) {
    const auto product = weighed(fresh(width, {x, chosen.viewed()}), stem);
    return places_ == nullptr ? product : biased(product, width, stem);
  };
  const auto first = routed(inside, in, experts.gated ? "ffn_gate_exps" : "ffn_up_exps");
  const auto active_part = experts.gated ? fresh(inside, {first, routed(inside, in, "ffn_up_exps")})
                                         : over(inside, {first});
  const auto raw = routed(active * hidden, active_part, "ffn_down_exps");
  auto outputs = raw;
  if (!has_trait(weights_before)) outputs = over(active * hidden, {outputs, weights.viewed()});
  auto total = active == 1 ? fresh(hidden, {outputs.viewed()})
                           : over(hidden, {outputs.viewed(), outputs.viewed()});
  for (std::int64_t i = 2; i < std::min(active, most_added); ++i)
    total = over(hidden, {total, outputs.viewed()});
  graph_.expand(total);
  // CUDA weighs and adds up in one kernel, which reads what the single steps would write over.
  if (runs_on_device() && active > 1) fuse(outputs, {raw, weights});
  return experts.shared_ffn_size > 0 ? sum(total, shared_expert(normed)) : total;
}

Ref GraphBuilder::dense_shared(Ref normed, std::int64_t width) {
  const auto up = [&] { return matrix(width, normed, "ffn_up_shexp"); };
  const auto inside = arch_.gated_mlp
                          ? fresh(width, {matrix(width, normed, "ffn_gate_shexp"), up()})
                          : over(width, {up()});
  return matrix(arch_.hidden_size, inside, "ffn_down_shexp");
}

Ref GraphBuilder::shared_expert(Ref normed) {
  const auto out = places_ == nullptr ? dense(normed, arch_.experts->shared_ffn_size)
                                      : dense_shared(normed, arch_.experts->shared_ffn_size);
  if (!arch_.experts->shared_gate) return out;
  const auto gate = over(1, {fresh(1, {normed})});
  return over(arch_.hidden_size, {out, gate});
}

}  // namespace llmfit::sizing::llama_cpp
