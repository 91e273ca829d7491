// SPDX-License-Identifier: MIT
#include "model/tensor_list.hpp"

#include <cstdint>

#include "model/stems.hpp"

namespace llmfit::model {

std::int64_t product(std::int64_t a, std::int64_t b, std::int64_t c) {
  return (Elements{a} * b * c).count();
}

std::int64_t sum(std::int64_t a, std::int64_t b) { return (Elements{a} + Elements{b}).count(); }

void TensorList::add(std::string_view stem, Suffix suffix, std::array<std::int64_t, 4> shape) {
  tensors_.push_back({known_role(stem), stem, suffix, layer_, shape, {}});
}

Role TensorList::known_role(std::string_view stem) {
  const auto place = reinterpret_cast<std::uintptr_t>(stem.data()) + stem.size();
  auto& known = stems_[static_cast<std::size_t>(place % stems_.size())];
  if (known.at != stem.data() || known.length != stem.size()) {
    known = {stem.data(), stem.size(), role_of(stem)};
  }
  return known.role;
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
