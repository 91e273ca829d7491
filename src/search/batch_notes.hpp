// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "search/fit_format.hpp"

namespace llmfit::search {

/// What there is to say about a job beside its hours and dollars; nothing where there is none.
std::vector<Note> batch_notes(const Question& question, const FormatResult& one);

}  // namespace llmfit::search
