// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "llmfit/fit.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// `"limits": [ … ]`, one for each that was asked for; with `commercial` that of the licence too,
/// whose word is empty where it is not known.
void write_limits(JsonWriter& json, const std::vector<LimitResult>& limits, bool commercial,
                  std::string_view commercial_use);

}  // namespace llmfit::render
