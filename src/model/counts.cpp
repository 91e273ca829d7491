// SPDX-License-Identifier: MIT
#include "model/counts.hpp"

namespace llmfit::model {
namespace {

/// Elements that a token does not touch: those of the experts that it is not routed to.
Elements idle_elements(const Model& model) {
  Elements idle;
  const auto& experts = model.arch.experts;
  if (!experts || experts->count <= experts->active) return idle;
  for (const auto& tensor : model.tensors) {
    const bool draft = tensor.layer >= static_cast<int>(model.layers.size());
    if (draft || !is_routed_expert(tensor.role)) continue;
    idle +=
        Elements{tensor.elements().count() / experts->count} * (experts->count - experts->active);
  }
  return idle;
}

}  // namespace

void count_all_parameters(Model& model) {
  auto all = count_parameters(model);
  for (const auto& tower : model.towers) all += tower.elements;
  model.parameters = all;
  model.active_parameters = all - idle_elements(model);
}

}  // namespace llmfit::model
