// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// How much of several formats is shown: what fits on a screen, every configuration, or that with
/// pictures before it.
enum class Extent { screen, everything, page };

/// The main job or `check` for people. The first line names what was assumed.
Report fit_report(const FitView& view, Extent extent);

/// One flat table of every configuration in raw units, for CSV.
Report fit_flat_report(const FitView& view);

}  // namespace llmfit::render
