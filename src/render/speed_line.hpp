// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "render/fit_view.hpp"

namespace llmfit::render {

/// What the rates of a report are for, and what "likely" is; empty where it has none.
std::string speed_line(const FitView& view);

}  // namespace llmfit::render
