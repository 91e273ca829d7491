// SPDX-License-Identifier: MIT
#include "model/parts.hpp"

namespace llmfit::model {

void add_short_convolution(TensorList& list, const Blueprint& plan) {
  if (!plan.dims().short_conv) return;
  const auto hidden = plan.dims().hidden_size;
  list.matrix("shortconv.conv", plan.dims().short_conv->l_cache, hidden);
  list.matrix("shortconv.in_proj", hidden, product(3, hidden));
  list.matrix("shortconv.out_proj", hidden, hidden);
}

// llama.cpp has no such architecture; the names are those of the checkpoint (RecurrentGemma).
void add_rg_lru(TensorList& list, const Blueprint& plan) {
  if (!plan.dims().rg_lru || plan.dims().rg_lru->blocks == 0) return;
  const auto hidden = plan.dims().hidden_size;
  const auto& dims = *plan.dims().rg_lru;
  const std::int64_t width = dims.width;
  const auto block = width / dims.blocks;
  for (const auto* const name : {"linear_y", "linear_x"}) {
    list.matrix(name, hidden, width);
    list.bias(name, width);
  }
  list.matrix("linear_out", width, hidden);
  list.bias("linear_out", hidden);
  list.matrix("conv1d", dims.d_conv, width);
  list.bias("conv1d", width);
  list.bare("rg_lru.recurrent_param", width);
  for (const auto* const name : {"rg_lru.input_gate", "rg_lru.recurrent_gate"}) {
    list.matrix(name, block, block, dims.blocks);
    list.bias(name, block, dims.blocks);
  }
}

}  // namespace llmfit::model
