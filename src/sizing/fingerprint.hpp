// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "llmfit/model.hpp"

namespace llmfit::sizing {

/// A number that two models share only if all their dimensions are the same (but for chance, one
/// in 2^64): tells what was already computed for a model.
std::uint64_t fingerprint(const Model& model);

}  // namespace llmfit::sizing
