// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// Buying against renting, energy and water of the first configuration of each format that fits,
/// and the factors they rest on; empty where nobody asked.
std::vector<Section> owning_sections(const FitView& view);

}  // namespace llmfit::render
