// SPDX-License-Identifier: MIT
#include "render/json_launch.hpp"

namespace llmfit::render {

void write_launch(JsonWriter& json, const ShownLaunch* shown) {
  json.key("launch");
  if (shown == nullptr) return json.value(nullptr);
  const auto& gpus = shown->candidate.gpus;
  json.object();
  json.field("kind", to_string(shown->launch.kind));
  json.key("configuration");
  json.object(JsonWriter::Shape::line);
  json.field("quantization", format_id(shown->format));
  json.text_field("gpu", gpus.size() == 1 ? gpus.front().gpu->id : std::string_view{});
  json.field("gpu_count", card_count(shown->candidate));
  json.end();
  json.field("text", shown->launch.text);
  json.key("files");
  json.array();
  for (const auto& file : shown->launch.files) {
    json.object();
    json.field("name", file.name);
    json.field("text", file.text);
    json.end();
  }
  json.end();
  json.end();
}

}  // namespace llmfit::render
