// SPDX-License-Identifier: MIT
#include <algorithm>

#include "render/checks_report.hpp"
#include "render/json_limits.hpp"
#include "render/json_notes.hpp"
#include "render/json_numbers.hpp"
#include "render/json_owning.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {
namespace {

std::optional<std::int64_t> known(std::int64_t count) {
  return count == 0 ? std::nullopt : std::optional(count);
}

void write_question(JsonWriter& json, const CheckSummary& check) {
  json.field("model", check.model);
  json.field("quantization", check.quantization);
  json.field("engine", check.engine);
  json.field("context", known(check.context));
  json.field("sequences", known(check.sequences));
  json.text_field("gpu", check.gpu);
  json.field("gpu_count", check.gpu_count);
  json.field("hardware", check.hardware);
}

void write_answer(JsonWriter& json, const CheckSummary& check) {
  json.field("needed_bytes", check.needed);
  json.field("usable_bytes", check.usable);
  json.field("headroom_bytes", check.headroom);
  json.field("max_context", check.max_context);
  json.field("max_sequences", check.max_sequences);
  json.field("usd_per_hour", clean(check.cost.usd_per_hour));
  json.field("usd_per_month", clean(check.cost.usd_per_month));
  json.text_field("offer", offer_name(check.cost));
  write_owning(json, check.owning, check.energy);
  write_limits(json, check.limits, check.commercial, check.commercial_use);
}

void write_check(JsonWriter& json, const CheckSummary& check) {
  json.object();
  json.field("name", check.name);
  json.field("fits", check.fits);
  json.text_field("reason", check.reason ? to_string(*check.reason) : std::string_view{});
  write_question(json, check);
  write_answer(json, check);
  json.key("why");
  json.array();
  for (const auto& sentence : why_not(check)) json.value(sentence);
  json.end();
  write_notes(json, check.notes);
  if (!check.document.empty()) {
    json.key("report");
    json.raw(check.document);
  }
  json.end();
}

}  // namespace

std::string checks_json(const ChecksView& view) {
  const auto yes = std::count_if(view.checks.begin(), view.checks.end(),
                                 [](const CheckSummary& check) { return check.fits; });
  const auto all = static_cast<std::int64_t>(view.checks.size());
  JsonWriter json;
  json.object();
  json.field("schema", "llmfit.checks-report/1");
  json.field("version", view.version);
  json.text_field("file", view.file);
  json.field("fits", yes == all);
  json.field("checks_total", all);
  json.field("checks_failed", all - static_cast<std::int64_t>(yes));
  json.key("checks");
  json.array();
  for (const auto& check : view.checks) write_check(json, check);
  json.end();
  json.end();
  return json.take();
}

}  // namespace llmfit::render
