// SPDX-License-Identifier: MIT
#include "render/json_explain.hpp"

#include "render/speed_explain.hpp"
#include "render/vllm_explain.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

std::string_view word(Basis basis) { return basis == Basis::exact ? "exact" : "estimate"; }

/// The term's name as in the keys of "memory", without the unit.
std::string_view word(TermKind kind) {
  switch (kind) {
    case TermKind::weights:
      return "weights";
    case TermKind::kv_cache:
      return "kv_cache";
    case TermKind::state:
      return "state";
    case TermKind::compute:
      return "compute";
    case TermKind::runtime:
      return "runtime";
  }
  return {};
}

void write_inputs(JsonWriter& json, const Term& term) {
  json.key("inputs");
  json.array();
  for (const auto& input : term.inputs) {
    json.object(Shape::line);
    json.field("name", input.name);
    json.field("value", input.value);
    json.field("source", input.source);
    json.end();
  }
  json.end();
}

void write_term(JsonWriter& json, const Term& term) {
  json.object();
  json.field("name", word(term.kind));
  json.field("bytes", term.bytes);
  json.field("basis", word(term.basis));
  json.field("low_bytes", term.low);
  json.field("high_bytes", term.high);
  json.field("formula", term.formula);
  write_inputs(json, term);
  json.text_field("source", term.source);
  json.end();
}

void write_file(JsonWriter& json, const std::optional<FileSize>& file) {
  json.key("file");
  if (!file) return json.value(nullptr);
  json.object(Shape::line);
  json.field("tensor_bytes", file->tensors);
  json.field("metadata_bytes", file->metadata);
  json.field("metadata_low_bytes", file->metadata_low);
  json.field("metadata_high_bytes", file->metadata_high);
  json.field("basis", word(file->basis));
  json.end();
}

void write_capacity(JsonWriter& json, const ShownCapacity& shown) {
  json.object(Shape::line);
  json.text_field("gpu", shown.gpu == nullptr ? std::string_view{} : shown.gpu->id);
  json.field("share", shown.count);
  json.field("usable_bytes", shown.capacity.usable);
  json.field("basis", word(shown.capacity.basis));
  json.text_field("rule", shown.capacity.rule);
  json.end();
}

}  // namespace

void write_explain(JsonWriter& json, const Catalog& catalog, const FormatResult& format) {
  json.key("explain");
  json.object();
  json.text_field("engine_version", engine_version(catalog, format));
  json.key("terms");
  json.array();
  if (format.footprint) {
    for (const auto& term : format.footprint->terms) write_term(json, term);
  }
  json.end();
  write_file(json, format.file);
  json.key("usable");
  json.array();
  for (const auto& shown : shown_capacities(format.candidates)) write_capacity(json, shown);
  json.end();
  write_vllm_plans(json, format.candidates);
  write_speed(json, format.speed);
  json.end();
}

}  // namespace llmfit::render
