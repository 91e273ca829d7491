// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// What the price of a format's first configuration is of, and how its tokens' prices come from
/// it. Nothing without a price.
std::vector<Section> price_sections(const FitView& view, const FormatResult& format);

}  // namespace llmfit::render
