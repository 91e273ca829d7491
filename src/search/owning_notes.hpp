// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit::search {

/// What there is to say of what buying costs and energy rest on: prices older than 90 days, places
/// that nobody told. Nothing where nobody asked what it costs.
std::vector<Note> owning_notes(const FitRequest& request, const FitResult& result);

}  // namespace llmfit::search
