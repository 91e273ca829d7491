// SPDX-License-Identifier: MIT
#include "model/tensor_list.hpp"

namespace llmfit::model {

std::int64_t product(std::int64_t a, std::int64_t b, std::int64_t c) {
  return (Elements{a} * b * c).count();
}

void TensorList::norm(Norm kind, std::int64_t width) {
  if (kind == Norm::none) return;
  vector(Role::norm, width);
  if (kind == Norm::layernorm) bias(Role::norm, width);
}

}  // namespace llmfit::model
