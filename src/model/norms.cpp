// SPDX-License-Identifier: MIT
#include <algorithm>

#include "model/parts.hpp"

namespace llmfit::model {
namespace {

int norm_count(const ArchitectureRecord& record, int layer) {
  const auto at = static_cast<std::size_t>(layer);
  return at < record.norms_by_layer.size() ? record.norms_by_layer[at]
                                           : record.dims.norms_per_layer;
}

/// The first name to use. A layer with one norm where others have two has no attention, or takes
/// the embedding's norm for it (Nemotron-NAS, ModernBERT): what it has is that of the feed-forward
/// part.
std::size_t first_name(const Blueprint& plan, const Layer& layer, int count) {
  const bool lacks_one = count == 1 && plan.dims().norms_per_layer == 2;
  return lacks_one && layer.ffn != FfnKind::none ? 1 : 0;
}

}  // namespace

void add_norms(TensorList& list, const Blueprint& plan, const Layer& layer, int index) {
  const auto& names = plan.habits.norms;
  const int count = norm_count(plan.record, index);
  const auto first = first_name(plan, layer, count);
  for (int i = 0; i < count; ++i) {
    const auto name = names[std::min(first + static_cast<std::size_t>(i), names.size() - 1)];
    if (name == "ffn_norm" && plan.has(bare_ffn_norm)) {
      list.bare(name, plan.dims().hidden_size);
    } else {
      list.norm(plan.dims().norm, name, plan.dims().hidden_size);
    }
  }
}

}  // namespace llmfit::model
