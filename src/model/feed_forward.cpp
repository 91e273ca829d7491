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

void add_dense(TensorList& list, const Architecture& arch, const Layer& layer) {
  if (layer.ffn_size == 0) return;
  add_matrices(list, dense_names, arch.gated_mlp, arch.hidden_size, layer.ffn_size);
  if (arch.mlp_bias == MlpBias::none) return;
  if (arch.mlp_bias == MlpBias::all) {
    if (arch.gated_mlp) list.bias("ffn_gate", layer.ffn_size);
    list.bias("ffn_up", layer.ffn_size);
  }
  list.bias("ffn_down", arch.hidden_size);
}

void add_router(TensorList& list, const Architecture& arch, const Experts& experts, int layer) {
  const auto outputs = std::int64_t{experts.count} + experts.zero_experts;
  list.matrix("ffn_gate_inp", arch.hidden_size, outputs);
  if (experts.router_bias && layer >= experts.hash_layers) list.bias("exp_probs_b", outputs);
}

void add_latent(TensorList& list, const Architecture& arch, const Experts& experts) {
  if (experts.latent_size == 0) return;
  list.matrix("ffn_latent_down", arch.hidden_size, experts.latent_size);
  list.matrix("ffn_latent_up", experts.latent_size, arch.hidden_size);
  if (experts.latent_norm) list.vector("ffn_latent_norm", experts.latent_size);
}

void add_routed(TensorList& list, const Architecture& arch, const Experts& experts) {
  const std::int64_t outside =
      experts.latent_size > 0 ? std::int64_t{experts.latent_size} : arch.hidden_size;
  add_matrices(list, expert_names, experts.gated, outside, experts.ffn_size, experts.count);
  if (!experts.expert_bias) return;
  if (experts.gated) list.bias("ffn_gate_exps", experts.ffn_size, experts.count);
  list.bias("ffn_up_exps", experts.ffn_size, experts.count);
  list.bias("ffn_down_exps", arch.hidden_size, experts.count);
}

void add_shared(TensorList& list, const Architecture& arch, const Experts& experts) {
  if (experts.shared_ffn_size == 0) return;
  add_matrices(list, shared_names, experts.gated, arch.hidden_size, experts.shared_ffn_size);
  if (experts.shared_gate) list.vector("ffn_gate_inp_shexp", arch.hidden_size);
}

void add_experts(TensorList& list, const Architecture& arch, const Experts& experts, int layer) {
  add_router(list, arch, experts, layer);
  add_latent(list, arch, experts);
  add_routed(list, arch, experts);
  add_shared(list, arch, experts);
  if (experts.dense_residual_ffn_size > 0) {
    add_matrices(list, dense_names, true, arch.hidden_size, experts.dense_residual_ffn_size);
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
