// SPDX-License-Identifier: MIT
#include "render/json_notes.hpp"

namespace llmfit::render {

void write_notes(JsonWriter& json, const std::vector<Note>& notes) {
  json.key("notes");
  json.array();
  for (const auto& note : notes) {
    json.object(JsonWriter::Shape::line);
    json.field("code", to_string(note.code));
    json.field("severity", severity(note.code) == Severity::warning ? "warning" : "info");
    json.field("text", text(note));
    json.end();
  }
  json.end();
}

}  // namespace llmfit::render
