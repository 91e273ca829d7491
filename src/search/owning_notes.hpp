// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit::search {

/// Prices that what buying costs rests on and that are older than 90 days; nothing where nobody
/// asked what it costs.
std::vector<Note> owning_notes(const FitRequest& request, const FitResult& result);

}  // namespace llmfit::search
