// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit::search {

/// What the splits of a format's configurations copy, leave idle or move to the host.
std::vector<Note> split_notes(const Model& model, const FormatResult& one);

}  // namespace llmfit::search
