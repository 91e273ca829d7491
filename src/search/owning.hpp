// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/fit.hpp"

namespace llmfit::search {

/// Adds what buying a candidate costs and what its tokens take, where that is asked for. After its
/// rates and its price.
void add_owning(const FitRequest& request, Candidate& candidate);

}  // namespace llmfit::search
