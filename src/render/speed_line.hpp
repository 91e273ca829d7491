// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "render/fit_view.hpp"

namespace llmfit::render {

/// The first that are known; null: none are.
const Rates* first_rates(const FitView& view);

/// What the rates of a report are for, and what "likely" is; empty where there are none.
std::string speed_line(const Rates* rates, std::string_view stack);

/// Whether the price of a million tokens counts the time of prompts; empty where there is none.
std::string token_price_line(const FitView& view);

}  // namespace llmfit::render
