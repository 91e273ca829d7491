// SPDX-License-Identifier: MIT
#include <string_view>

#include "model/parts.hpp"

namespace llmfit::model {
namespace {

/// The three matrices of a feed-forward part under their names there.
struct Names {
  std::string_view gate;
  std::string_view up;
  std::string_view down;
};
constexpr Names dense_names{"ffn_gate", "ffn_up", "ffn_down"};
constexpr Names expert_names{"ffn_gate_exps", "ffn_up_exps", "ffn_down_exps"};
constexpr Names shared_names{"ffn_gate_shexp", "ffn_up_shexp", "ffn_down_shexp"};

void add_matrices(TensorList& list, const Names& names, bool gated, std::int64_t outside,
                  std::int64_t inside, std::int64_t count = 1) {
  if (gated) list.matrix(names.gate, outside, inside, count);
  list.matrix(names.up, outside, inside, count);
  list.matrix(names.down, inside, outside, count);
}

void add_dense_biases(TensorList& list, const Architecture& arch, std::int64_t width) {
  if (arch.mlp_bias == MlpBias::none) return;
  if (arch.mlp_bias == MlpBias::all) {
    if (arch.gated_mlp) list.bias("ffn_gate", width);
    list.bias("ffn_up", width);
  }
  list.bias("ffn_down", arch.hidden_size);
}

void add_dense(TensorList& list, const Blueprint& plan, const Layer& layer) {
  const auto& arch = plan.dims();
  const std::int64_t width = layer.ffn_size;
  if (width == 0) return;
  if (arch.gated_mlp && plan.has(fused_gate_up)) {
    list.matrix("ffn_up", arch.hidden_size, product(2, width));
    list.matrix("ffn_down", width, arch.hidden_size);
  } else {
    add_matrices(list, dense_names, arch.gated_mlp, arch.hidden_size, width);
  }
  add_dense_biases(list, arch, width);
}

/// The bias that corrects the choice of experts, or one that adds to the router's outputs.
void add_router_bias(TensorList& list, const Blueprint& plan, std::int64_t outputs) {
  if (plan.has(bias_in_router)) {
    list.bias("ffn_gate_inp", outputs);
  } else if (plan.has(bare_router_bias)) {
    list.bare("exp_probs_b", outputs);
  } else {
    list.bias("exp_probs_b", outputs);
  }
}

void add_router(TensorList& list, const Blueprint& plan, const Experts& experts, int layer) {
  const auto outputs = sum(experts.count, experts.zero_experts);
  const auto& arch = plan.dims();
  list.matrix("ffn_gate_inp", arch.hidden_size, outputs);
  const bool hashed = layer < experts.hash_layers;
  if (experts.router_bias && !hashed) add_router_bias(list, plan, outputs);
  if (hashed && plan.has(hash_table)) {
    list.matrix("ffn_gate_tid2eid", experts.active, arch.vocab_size);
  }
}

struct LatentNames {
  std::string_view down, up, norm;
};
constexpr LatentNames latent_names{"ffn_latent_down", "ffn_latent_up", "ffn_latent_norm"};
constexpr LatentNames routed_names{"ffn_routed_down", "ffn_routed_up", "ffn_routed_norm"};

void add_latent(TensorList& list, const Blueprint& plan, const Experts& experts) {
  if (experts.latent_size == 0) return;
  const auto& names = plan.has(routed_latent_names) ? routed_names : latent_names;
  list.matrix(names.down, plan.dims().hidden_size, experts.latent_size);
  list.matrix(names.up, experts.latent_size, plan.dims().hidden_size);
  if (experts.latent_norm) list.vector(names.norm, experts.latent_size);
}

void add_expert_biases(TensorList& list, const Architecture& arch, const Experts& experts) {
  if (!experts.expert_bias) return;
  if (experts.gated) list.bias("ffn_gate_exps", experts.ffn_size, experts.count);
  list.bias("ffn_up_exps", experts.ffn_size, experts.count);
  list.bias("ffn_down_exps", arch.hidden_size, experts.count);
}

void add_routed(TensorList& list, const Blueprint& plan, const Experts& experts) {
  const std::int64_t outside =
      experts.latent_size > 0 ? std::int64_t{experts.latent_size} : plan.dims().hidden_size;
  if (experts.gated && plan.has(fused_expert_gate_up)) {
    list.matrix("ffn_gate_up_exps", outside, product(2, experts.ffn_size), experts.count);
    list.matrix("ffn_down_exps", experts.ffn_size, outside, experts.count);
  } else {
    add_matrices(list, expert_names, experts.gated, outside, experts.ffn_size, experts.count);
  }
  add_expert_biases(list, plan.dims(), experts);
}

void add_shared(TensorList& list, const Architecture& arch, const Experts& experts) {
  if (experts.shared_ffn_size == 0) return;
  add_matrices(list, shared_names, experts.gated, arch.hidden_size, experts.shared_ffn_size);
  if (experts.shared_gate) list.vector("ffn_gate_inp_shexp", arch.hidden_size);
}

void add_experts(TensorList& list, const Blueprint& plan, const Experts& experts, int layer) {
  const auto& arch = plan.dims();
  add_router(list, plan, experts, layer);
  add_latent(list, plan, experts);
  add_routed(list, plan, experts);
  add_shared(list, arch, experts);
  if (experts.dense_residual_ffn_size > 0) {
    add_matrices(list, dense_names, true, arch.hidden_size, experts.dense_residual_ffn_size);
  }
}

}  // namespace

void add_feed_forward(TensorList& list, const Blueprint& plan, const Layer& layer, int index) {
  const auto& arch = plan.dims();
  const bool both = layer.ffn == FfnKind::both;
  if (both || layer.ffn == FfnKind::dense) add_dense(list, plan, layer);
  if ((both || layer.ffn == FfnKind::experts) && arch.experts) {
    add_experts(list, plan, *arch.experts, index);
  }
  if (layer.ffn == FfnKind::linear) list.matrix("ffn_down", arch.hidden_size, arch.hidden_size);
}

}  // namespace llmfit::model
