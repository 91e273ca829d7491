// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// Price against speed, where the view has a frontier: a table, and for a page a drawing before it,
/// whose numbers are those of the table.
std::vector<Section> frontier_sections(const FitView& view, bool page);

}  // namespace llmfit::render
