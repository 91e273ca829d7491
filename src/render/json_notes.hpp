// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "llmfit/notes.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// `"notes": [ … ]`, each with its code, severity and text.
void write_notes(JsonWriter& json, const std::vector<Note>& notes);

}  // namespace llmfit::render
