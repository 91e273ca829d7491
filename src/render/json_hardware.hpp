// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "llmfit/fit.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// Equal cards by name and number; a mixed set part by part; host memory alone is none of them.
void write_cards(JsonWriter& json, std::span<const GpuCount> gpus);

/// What each device of a set holds, under the key "devices".
void write_devices(JsonWriter& json, std::span<const DevicePlacement> devices);

}  // namespace llmfit::render
