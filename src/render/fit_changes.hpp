// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// What would have to change for a yes, one lever a row.
Section changes_section(const FitView& view);

/// "Room left on T4: 2,816 tokens of context, …": what the first configuration has beside what was
/// asked; empty where it does not fit.
std::string headroom_text(const FormatResult& format);

}  // namespace llmfit::render
