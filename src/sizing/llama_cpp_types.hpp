// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "llmfit/format.hpp"
#include "llmfit/model.hpp"

namespace llmfit::sizing {

/// Thousandths of a bit per element of a model whose tensors are not known; absent for a format
/// without a recipe.
std::optional<std::int64_t> typical_millibits(const Model& model, const Format& format);

}  // namespace llmfit::sizing
