// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// The key "launch"; null: nothing fits.
void write_launch(JsonWriter& json, const ShownLaunch* shown);

}  // namespace llmfit::render
