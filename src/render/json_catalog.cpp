// SPDX-License-Identifier: MIT
#include "render/json.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

std::string catalog_json(std::string_view array, std::span<const std::string_view> records) {
  JsonWriter json;
  json.object();
  json.field("schema", "llmfit.catalog/1");
  json.key(array);
  json.array();
  for (const auto record : records) json.raw(record);
  json.end();
  json.end();
  return json.take();
}

std::string error_json(const Error& error) {
  JsonWriter json;
  json.object();
  json.field("schema", "llmfit.error/1");
  json.key("error");
  json.object();
  json.field("code", to_string(error.code));
  json.field("message", error.message);
  json.text_field("hint", error.hint);
  json.text_field("where", error.where);
  json.end();
  json.end();
  return json.take();
}

}  // namespace llmfit::render
