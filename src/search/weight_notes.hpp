// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit::search {

/// What there is to say about the weights of a model in one format under its engine: parts that are
/// not counted, terms that are not known, zeros that save nothing.
std::vector<Note> weight_notes(const Model& model, const FitRequest& request,
                               const FormatResult& one);

}  // namespace llmfit::search
