// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// Hosted APIs beside the first configuration that fits; nothing where nobody asked for them.
std::vector<Section> api_sections(const FitView& view);

}  // namespace llmfit::render
