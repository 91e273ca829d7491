// SPDX-License-Identifier: MIT
#include "base/numbers.hpp"
#include "llmfit/workload.hpp"
#include "render/json_hardware.hpp"
#include "render/json_notes.hpp"
#include "render/json_rates.hpp"
#include "render/json_writer.hpp"
#include "render/rank_report.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

void write_hardware(JsonWriter& json, const RankResult& result) {
  json.key("hardware");
  json.object();
  write_cards(json, result.gpus);
  json.key("usable_bytes");
  json.array(Shape::line);
  for (const auto bytes : result.usable) json.value(bytes);
  json.end();
  json.end();
}

void write_workload(JsonWriter& json, const WorkloadRequest& workload) {
  json.key("workload");
  json.object(Shape::line);
  json.field("phase", "inference");
  json.field("context", workload.context);
  json.field("sequences", workload.sequences.value_or(1));
  json.end();
}

void write_license(JsonWriter& json, const ModelRecord& model) {
  json.key("license");
  if (model.license_id.empty()) return json.value(nullptr);
  json.object(Shape::line);
  json.field("id", model.license_id);
  json.text_field("commercial_use", model.license_commercial_use);
  json.key("conditions");
  json.array(Shape::line);
  for (const auto condition : model.license_conditions) json.value(condition);
  json.end();
  json.end();
}

void write_format(JsonWriter& json, const RankedModel& row) {
  json.key("quantization");
  json.object(Shape::line);
  json.text_field("id", row.choice.format ? row.choice.format->id : std::string_view{});
  json.field("engine", to_string(row.choice.engine));
  const auto& weights = row.weights;
  json.field("bits_per_weight",
             weights ? std::optional(base::without_noise(weights->bits_per_weight)) : std::nullopt);
  json.field("tensor_bytes", weights ? std::optional(weights->tensor_bytes) : std::nullopt);
  json.end();
}

void write_score(JsonWriter& json, const ModelRecord& model) {
  json.key("quality");
  const auto score = rank_score(model);
  if (!score) return json.value(nullptr);
  json.object(Shape::line);
  json.field("metric", score->metric);
  json.field("score", score->value);
  json.text_field("variant", score->variant);
  json.end();
}

void write_model(JsonWriter& json, const RankedModel& row) {
  const auto& model = *row.record;
  const auto& candidate = row.candidate;
  json.object();
  json.field("id", model.id);
  json.field("name", model.name);
  json.text_field("family", model.family);
  json.field("parameters", model.parameters);
  json.field("active_parameters", model.active_parameters);
  json.field("context_length", model.context_length);
  write_license(json, model);
  write_score(json, model);
  write_format(json, row);
  json.field("fits", row.fits);
  json.text_field(
      "reason", candidate.reason && !row.fits ? to_string(*candidate.reason) : std::string_view{});
  json.field("max_context", candidate.max_context);
  json.field("max_sequences", candidate.max_sequences);
  write_devices(json, candidate.devices);
  write_rates(json, candidate.rates);
  json.end();
}

}  // namespace

std::string rank_json(const RankView& view) {
  const auto& result = view.result;
  JsonWriter json;
  json.object();
  json.field("schema", "llmfit.rank/1");
  json.field("version", view.version);
  json.key("catalog");
  json.object(Shape::line);
  json.field("version", view.catalog.version());
  json.text_field("prices_as_of", view.catalog.prices_as_of());
  json.end();
  write_hardware(json, result);
  write_workload(json, view.request.workload);
  json.field("models_considered", result.considered);
  json.field("models_fitting", result.fitting);
  json.field("models_total", result.models_total);
  json.key("models");
  json.array();
  for (const auto& row : result.models) write_model(json, row);
  json.end();
  write_notes(json, result.notes);
  json.end();
  return json.take();
}

}  // namespace llmfit::render
