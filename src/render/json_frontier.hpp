// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// The configurations that no other beats in price and speed, under the key "frontier"; nothing
/// where nobody asked for them.
void write_frontier(JsonWriter& json, const FitView& view);

}  // namespace llmfit::render
