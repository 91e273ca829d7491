// SPDX-License-Identifier: MIT
#include <algorithm>

#include "model/parts.hpp"
#include "model/stems.hpp"

namespace llmfit::model {

void add_extra(TensorList& list, const ExtraTensor& extra) {
  const auto name = split_name(extra.name);
  std::array<std::int64_t, 4> shape{1, 1, 1, 1};
  std::copy_n(extra.shape.begin(), std::min(extra.shape.size(), shape.size()), shape.begin());
  list.add(name.stem, name.suffix, shape);
}

}  // namespace llmfit::model
