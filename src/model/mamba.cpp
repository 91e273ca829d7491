// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

void add_convolution(TensorList& list, const Ssm& ssm, std::int64_t width) {
  list.matrix("ssm_conv1d", ssm.d_conv, width);
  if (ssm.conv_bias) list.bias("ssm_conv1d", width);
}

void add_mamba1(TensorList& list, const Ssm& ssm, std::int64_t hidden) {
  list.matrix("ssm_in", hidden, product(2, ssm.d_inner));
  add_convolution(list, ssm, ssm.d_inner);
  list.matrix("ssm_x", ssm.d_inner, sum(ssm.dt_rank, product(2, ssm.d_state)));
  if (ssm.dt_b_c_norm) {
    list.vector("ssm_dt_norm", ssm.dt_rank);
    list.vector("ssm_b_norm", ssm.d_state);
    list.vector("ssm_c_norm", ssm.d_state);
  }
  list.matrix("ssm_dt", ssm.dt_rank, ssm.d_inner);
  list.bias("ssm_dt", ssm.d_inner);
  list.bare("ssm_a", ssm.d_state, ssm.d_inner);
  list.bare("ssm_d", ssm.d_inner);
  list.matrix("ssm_out", ssm.d_inner, hidden);
}

void add_mamba2(TensorList& list, const Ssm& ssm, std::int64_t hidden) {
  const auto convolved = sum(ssm.d_inner, product(2, ssm.n_groups, ssm.d_state));
  const auto in = sum(sum(ssm.d_inner, convolved), ssm.heads);
  list.matrix("ssm_in", hidden, in);
  if (ssm.proj_bias) list.bias("ssm_in", in);
  add_convolution(list, ssm, convolved);
  list.bias("ssm_dt", ssm.heads);
  list.bare("ssm_a", 1, ssm.heads);
  list.bare("ssm_d", 1, ssm.heads);
  if (ssm.gated_norm && ssm.n_groups > 0) {
    list.matrix("ssm_norm", ssm.d_inner / ssm.n_groups, ssm.n_groups);
  }
  list.matrix("ssm_out", ssm.d_inner, hidden);
  if (ssm.proj_bias) list.bias("ssm_out", hidden);
}

}  // namespace

void add_mamba(TensorList& list, const Blueprint& plan) {
  if (!plan.dims().ssm) return;
  const auto& ssm = *plan.dims().ssm;
  const auto hidden = plan.dims().hidden_size;
  if (ssm.version == 1) {
    add_mamba1(list, ssm, hidden);
  } else {
    add_mamba2(list, ssm, hidden);
  }
}

}  // namespace llmfit::model
