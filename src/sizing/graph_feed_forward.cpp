// SPDX-License-Identifier: MIT
// Dense feed-forward parts and experts.
#include "sizing/graph_builder.hpp"

namespace llmfit::sizing::llama_cpp {

Ref GraphBuilder::feed_forward(const Layer& layer, Ref normed) {
  switch (layer.ffn) {
    case FfnKind::experts:
      return experts(normed);
    case FfnKind::both:
      return add(experts(normed), dense(normed, layer.ffn_size));
    default:
      return dense(normed, layer.ffn_size);
  }
}

Ref GraphBuilder::dense(Ref normed, std::int64_t width) {
  const auto down = [&](Ref inside) { return fresh(arch_.hidden_size, {inside}); };
  if (!arch_.gated_mlp) return down(over(width, {fresh(width, {normed})}));
  if (joint_gate_up_) return down(fresh(width, {fresh(2 * width, {normed})}));
  const auto gate = fresh(width, {normed});
  return down(fresh(width, {gate, fresh(width, {normed})}));
}

/// Weights of the chosen experts; `chosen` is set to their numbers.
Ref GraphBuilder::route(Ref normed, Ref& chosen) {
  const auto& experts = *arch_.experts;
  const auto active = std::int64_t{experts.active};
  const auto logits = fresh(experts.count, {normed});
  const auto probabilities =
      has_trait(late_softmax) ? logits : over(experts.count, {logits});
  const auto biased = experts.router_bias && !has_trait(late_softmax)
                          ? over(experts.count, {probabilities})
                          : probabilities;
  chosen = fresh(experts.count, {has_trait(weights_before) ? logits : biased});
  auto weights = fresh(active, {probabilities.viewed(), chosen.viewed()});
  if (has_trait(late_softmax)) weights = over(active, {weights.viewed()});
  if (!has_trait(raw_weights) && !has_trait(late_softmax) && !has_trait(weights_before)) {
    const auto sum = fresh(1, {fresh(1, {weights.viewed()})});
    weights = over(active, {weights.viewed(), sum});
  }
  if (has_trait(scaled_weights)) weights = over(active, {weights.viewed()});
  graph_.expand(weights);
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
  const auto gate = fresh(inside, {in, chosen.viewed()});
  const auto active_part =
      experts.gated ? fresh(inside, {gate, fresh(inside, {in, chosen.viewed()})})
                    : over(inside, {gate});
  auto outputs = fresh(active * hidden, {active_part, chosen.viewed()});
  if (!has_trait(weights_before)) outputs = over(active * hidden, {outputs, weights.viewed()});
  auto sum = active == 1 ? fresh(hidden, {outputs.viewed()})
                         : over(hidden, {outputs.viewed(), outputs.viewed()});
  for (std::int64_t i = 2; i < active; ++i) sum = over(hidden, {sum, outputs.viewed()});
  graph_.expand(sum);
  return experts.shared_ffn_size > 0 ? add(sum, shared_expert(normed)) : sum;
}

Ref GraphBuilder::shared_expert(Ref normed) {
  const auto out = dense(normed, arch_.experts->shared_ffn_size);
  if (!arch_.experts->shared_gate) return out;
  const auto gate = over(1, {fresh(1, {normed})});
  return over(arch_.hidden_size, {out, gate});
}

}  // namespace llmfit::sizing::llama_cpp
