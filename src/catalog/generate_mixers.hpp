// SPDX-License-Identifier: MIT
#pragma once

#include "catalog/generate_text.hpp"
#include "llmfit/model.hpp"

namespace llmfit::catalog {

/// The members that `read_mixers` fills.
void add_mixers(Initialiser& out, const Architecture& dims);

}  // namespace llmfit::catalog
