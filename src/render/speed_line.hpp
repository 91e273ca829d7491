// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "render/fit_view.hpp"

namespace llmfit::render {

/// The first that are known; null: none are.
const Rates* first_rates(const FitView& view);

/// What the rates of a report are for, and what "likely" is; empty where it has none.
std::string speed_line(const FitView& view);

}  // namespace llmfit::render
