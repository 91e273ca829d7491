// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {
namespace {

/// A vector and a matrix of low rank that is added to it: w0, w1 and w2, and so on.
struct LowRank {
  std::string_view base, down, up;
};
constexpr LowRank decay{"time_mix_w0", "time_mix_w1", "time_mix_w2"};
constexpr LowRank rate{"time_mix_a0", "time_mix_a1", "time_mix_a2"};
constexpr LowRank value_mix{"time_mix_v0", "time_mix_v1", "time_mix_v2"};
constexpr LowRank gate{"", "time_mix_g1", "time_mix_g2"};

void add_low_rank(TensorList& list, const LowRank& names, std::int64_t hidden, std::int64_t rank) {
  if (!names.base.empty()) list.vector(names.base, hidden);
  list.matrix(names.down, hidden, rank);
  list.matrix(names.up, rank, hidden);
}

void add_channel_mix(TensorList& list, std::int64_t hidden, std::int64_t width) {
  list.matrix("channel_mix_key", hidden, width);
  list.matrix("channel_mix_value", width, hidden);
}

}  // namespace

void add_rwkv7(TensorList& list, const Blueprint& plan, const Layer& layer, int index) {
  if (!plan.dims().rwkv) return;
  const auto& dims = *plan.dims().rwkv;
  const auto hidden = plan.dims().hidden_size;
  add_low_rank(list, decay, hidden, dims.lora_decay);
  add_low_rank(list, rate, hidden, dims.lora_iclr);
  // The first layer mixes nothing in; the converter writes a copy of its a0 to a2 instead.
  add_low_rank(list, value_mix, hidden, index == 0 ? dims.lora_iclr : dims.lora_value);
  if (dims.lora_gate > 0) add_low_rank(list, gate, hidden, dims.lora_gate);
  const std::int64_t mixed = dims.lora_gate > 0 ? 6 : 5;
  list.add("time_mix_lerp_fused", Suffix::weight, {hidden, 1, 1, mixed});
  for (const auto* const name : {"time_mix_k_k", "time_mix_k_a", "time_mix_r_k"}) {
    list.vector(name, hidden);
  }
  for (const auto* const name :
       {"time_mix_key", "time_mix_value", "time_mix_receptance", "time_mix_output"}) {
    list.matrix(name, hidden, hidden);
  }
  list.norm(Norm::layernorm, "time_mix_ln", hidden);
  list.vector("channel_mix_lerp_k", hidden);
  add_channel_mix(list, hidden, layer.ffn_size);
}

// llama.cpp has no such architecture; the names follow the later versions.
void add_rwkv4(TensorList& list, const Blueprint& plan, const Layer& layer) {
  const auto hidden = plan.dims().hidden_size;
  for (const auto* const name : {"time_mix_decay", "time_mix_first", "time_mix_lerp_k",
                                 "time_mix_lerp_v", "time_mix_lerp_r"}) {
    list.vector(name, hidden);
  }
  for (const auto* const name :
       {"time_mix_key", "time_mix_value", "time_mix_receptance", "time_mix_output"}) {
    list.matrix(name, hidden, hidden);
  }
  list.vector("channel_mix_lerp_k", hidden);
  list.vector("channel_mix_lerp_r", hidden);
  list.matrix("channel_mix_receptance", hidden, hidden);
  add_channel_mix(list, hidden, layer.ffn_size);
}

}  // namespace llmfit::model
