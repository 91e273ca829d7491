// SPDX-License-Identifier: MIT
#include "model/tensor_list.hpp"

#include "model/stems.hpp"

namespace llmfit::model {

std::int64_t product(std::int64_t a, std::int64_t b, std::int64_t c) {
  return (Elements{a} * b * c).count();
}

std::int64_t sum(std::int64_t a, std::int64_t b) { return (Elements{a} + Elements{b}).count(); }

void TensorList::add(std::string_view stem, Suffix suffix, std::array<std::int64_t, 4> shape) {
  tensors_.push_back({roles_.of(stem, role_of), stem, suffix, layer_, shape, {}});
}

void TensorList::norm(Norm kind, std::string_view stem, std::int64_t width) {
  if (kind == Norm::none) return;
  vector(stem, width);
  if (kind == Norm::layernorm) bias(stem, width);
}

Elements TensorList::elements() const {
  Elements sum;
  for (const auto& tensor : tensors_) sum += tensor.elements();
  return sum;
}

}  // namespace llmfit::model
