// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

/// The three matrices of a feed-forward part under the roles they have there.
struct Roles {
  Role gate;
  Role up;
  Role down;
};
constexpr Roles dense_roles{Role::ffn_gate, Role::ffn_up, Role::ffn_down};
constexpr Roles expert_roles{Role::ffn_gate_exps, Role::ffn_up_exps, Role::ffn_down_exps};
constexpr Roles shared_roles{Role::ffn_gate_shexp, Role::ffn_up_shexp, Role::ffn_down_shexp};

void add_matrices(TensorList& list, const Roles& roles, bool gated, std::int64_t outside,
                  std::int64_t inside, std::int64_t count = 1) {
  if (gated) list.matrix(roles.gate, outside, inside, count);
  list.matrix(roles.up, outside, inside, count);
  list.matrix(roles.down, inside, outside, count);
}

void add_dense(TensorList& list, const Architecture& arch, const Layer& layer) {
  if (layer.ffn_size == 0) return;
  add_matrices(list, dense_roles, arch.gated_mlp, arch.hidden_size, layer.ffn_size);
  if (arch.mlp_bias == MlpBias::none) return;
  if (arch.mlp_bias == MlpBias::all) {
    if (arch.gated_mlp) list.bias(Role::ffn_gate, layer.ffn_size);
    list.bias(Role::ffn_up, layer.ffn_size);
  }
  list.bias(Role::ffn_down, arch.hidden_size);
}

void add_router(TensorList& list, const Architecture& arch, const Experts& experts, int layer) {
  const auto outputs = std::int64_t{experts.count} + experts.zero_experts;
  list.matrix(Role::router, arch.hidden_size, outputs);
  if (experts.router_bias && layer >= experts.hash_layers) list.bias(Role::router, outputs);
}

void add_latent(TensorList& list, const Architecture& arch, const Experts& experts) {
  if (experts.latent_size == 0) return;
  list.matrix(Role::other, arch.hidden_size, experts.latent_size);
  list.matrix(Role::other, experts.latent_size, arch.hidden_size);
  if (experts.latent_norm) list.vector(Role::norm, experts.latent_size);
}

void add_routed(TensorList& list, const Architecture& arch, const Experts& experts) {
  const std::int64_t outside =
      experts.latent_size > 0 ? std::int64_t{experts.latent_size} : arch.hidden_size;
  add_matrices(list, expert_roles, experts.gated, outside, experts.ffn_size, experts.count);
  if (!experts.expert_bias) return;
  if (experts.gated) list.bias(Role::ffn_gate_exps, experts.ffn_size, experts.count);
  list.bias(Role::ffn_up_exps, experts.ffn_size, experts.count);
  list.bias(Role::ffn_down_exps, arch.hidden_size, experts.count);
}

void add_shared(TensorList& list, const Architecture& arch, const Experts& experts) {
  if (experts.shared_ffn_size == 0) return;
  add_matrices(list, shared_roles, experts.gated, arch.hidden_size, experts.shared_ffn_size);
  if (experts.shared_gate) list.vector(Role::router, arch.hidden_size);
}

void add_experts(TensorList& list, const Architecture& arch, const Experts& experts, int layer) {
  add_router(list, arch, experts, layer);
  add_latent(list, arch, experts);
  add_routed(list, arch, experts);
  add_shared(list, arch, experts);
  if (experts.dense_residual_ffn_size > 0) {
    add_matrices(list, dense_roles, true, arch.hidden_size, experts.dense_residual_ffn_size);
  }
}

}  // namespace

void add_feed_forward(TensorList& list, const Architecture& arch, const Layer& layer, int index) {
  const bool both = layer.ffn == FfnKind::both;
  if (both || layer.ffn == FfnKind::dense) add_dense(list, arch, layer);
  if ((both || layer.ffn == FfnKind::experts) && arch.experts) {
    add_experts(list, arch, *arch.experts, index);
  }
}

}  // namespace llmfit::model
