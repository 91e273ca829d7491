// SPDX-License-Identifier: MIT
#include <cmath>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "render/json_notes.hpp"
#include "render/json_writer.hpp"
#include "render/verify_report.hpp"

namespace llmfit::render {
namespace {

/// Bytes and tokens are whole numbers, what a figure's share of a unit is are not.
void amount(JsonWriter& json, std::string_view name, std::optional<double> value, Unit unit) {
  json.key(name);
  if (!value) return json.value(nullptr);
  if (unit == Unit::times) return json.value(base::without_noise(*value));
  json.value(static_cast<std::int64_t>(std::llround(*value)));
}

std::string_view verdict_word(Agreement agreement) {
  switch (agreement) {
    case Agreement::equal:
      return "equal";
    case Agreement::inside:
      return "in_band";
    case Agreement::too_low:
      return "too_low";
    case Agreement::too_high:
      return "too_high";
    case Agreement::unjudged:
      break;
  }
  return "not_predicted";
}

void add_row(JsonWriter& json, const Comparison& row) {
  const auto unit = unit_of(row.measure);
  const auto if_predicted = [&](double value) {
    return row.predicted ? std::optional(value) : std::nullopt;
  };
  json.object(JsonWriter::Shape::line);
  json.field("term", to_string(row.measure));
  json.text_field("device", row.device);
  json.field("unit", to_string(unit));
  amount(json, "predicted", row.predicted, unit);
  amount(json, "low", if_predicted(row.low), unit);
  amount(json, "high", if_predicted(row.high), unit);
  amount(json, "measured", row.measured, unit);
  amount(json, "rounding", row.rounding, unit);
  const auto apart = row.predicted ? std::optional(*row.predicted - row.measured) : std::nullopt;
  amount(json, "difference", apart, unit);
  const auto percent = difference_percent(row);
  json.field("difference_percent",
             percent ? std::optional(base::without_noise(*percent)) : std::nullopt);
  json.field("verdict", verdict_word(row.agreement));
  json.end();
}

void add_log(JsonWriter& json, const VerifyView& view) {
  const auto& facts = view.question.facts;
  json.key("log");
  json.object();
  json.field("file", view.file);
  json.field("engine", to_string(view.question.workload.engine));
  json.text_field("build", facts.build);
  json.text_field("model", facts.model.names.empty() ? std::string() : facts.model.names.front());
  json.key("settings");
  json.object();
  for (const auto& setting : facts.settings) json.field(setting.flag, setting.value);
  json.end();
  json.end();
}

void add_question(JsonWriter& json, const VerifyView& view) {
  const auto& question = view.question;
  json.key("model");
  json.object(JsonWriter::Shape::line);
  json.field("id", question.model.id);
  json.field("name", question.model.name);
  json.field("source", to_string(question.model.source));
  json.end();
  json.field("quantization", question.format.id);
  json.key("workload");
  json.object(JsonWriter::Shape::line);
  json.field("context", question.workload.context);
  json.field("sequences", question.workload.sequences);
  json.field("kv_type", kv_type_name(question.workload));
  json.end();
}

}  // namespace

std::string verify_json(const VerifyView& view) {
  JsonWriter json;
  json.object();
  json.field("schema", "llmfit.verify/1");
  json.field("version", view.version);
  add_log(json, view);
  add_question(json, view);
  json.field("agrees", agrees(view.result));
  json.key("terms");
  json.array();
  for (const auto& row : view.result.rows) add_row(json, row);
  json.end();
  write_notes(json, view.result.notes);
  json.end();
  return json.take();
}

}  // namespace llmfit::render
