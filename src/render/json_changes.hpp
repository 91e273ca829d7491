// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "llmfit/fit.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// `"changes": [ … ]`: what turns a no into a yes; empty for a yes.
void write_changes(JsonWriter& json, const std::vector<Change>& changes);

/// `"headroom": { … }` of the first configuration; null where it does not fit.
void write_headroom(JsonWriter& json, const std::optional<Headroom>& headroom);

}  // namespace llmfit::render
