// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "search/fit_format.hpp"

namespace llmfit::search {

/// What the rates of a result are for, where that is not plain, and why there are none.
std::vector<Note> speed_notes(const Question& question, const FitResult& result);

}  // namespace llmfit::search
