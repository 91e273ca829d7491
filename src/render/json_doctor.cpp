// SPDX-License-Identifier: MIT
#include "base/numbers.hpp"
#include "render/doctor.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

std::int64_t size_of(std::size_t count) { return static_cast<std::int64_t>(count); }

void write_catalog(JsonWriter& json, const DoctorView& view) {
  const auto& catalog = view.catalog;
  json.key("catalog");
  json.object();
  json.field("version", catalog.version());
  json.text_field("prices_as_of", catalog.prices_as_of());
  json.field("models", size_of(catalog.models().size()));
  json.field("gpus", size_of(catalog.gpus().size()));
  json.field("offers", size_of(catalog.offers().size()));
  json.field("quants", size_of(catalog.formats().size()));
  json.key("overlays");
  json.array();
  for (const auto& overlay : view.overlays) json.value(overlay);
  json.end();
  json.text_field("error", view.catalog_error);
  json.end();
}

void write_host(JsonWriter& json, const Machine& machine) {
  json.key("host");
  json.object(Shape::line);
  json.field("memory_bytes", machine.memory);
  json.field("available_bytes", machine.available);
  json.field("group_limit_bytes", machine.group_limit);
  json.field("group_used_bytes", machine.group_used);
  json.field("free_bytes", machine.host_free());
  json.end();
}

void write_card(JsonWriter& json, const DoctorCard& card) {
  const auto& found = *card.found;
  const bool known = card.gpu != nullptr;
  json.object();
  json.text_field("gpu", known ? card.gpu->id : std::string_view{});
  json.field("in_catalog", card.in_catalog);
  json.text_field("vendor", found.vendor);
  json.text_field("name", found.name);
  json.text_field("slice", found.slice.value_or(""));
  json.text_field("compute_capability",
                  found.compute_capability ? base::capability_text(*found.compute_capability) : "");
  json.text_field("target", found.target);
  json.field("total_bytes", found.total);
  json.field("used_bytes", found.used);
  json.field("shares_host_memory", found.shares_memory);
  json.field("for_programs_bytes",
             known ? std::optional(card.device.device.whole()) : std::nullopt);
  json.field("usable_bytes", known ? std::optional(card.device.device.usable) : std::nullopt);
  json.field("free_is_known", card.device.free_is_known);
  json.text_field("source", found.source);
  json.end();
}

void write_hardware(JsonWriter& json, const DoctorView& view) {
  const auto& machine = view.machine;
  json.key("hardware");
  json.object();
  json.text_field("system", machine.system);
  json.text_field("processor", machine.processor);
  write_host(json, machine);
  json.key("cards");
  json.array();
  for (const auto& card : view.cards) write_card(json, card);
  json.end();
  json.key("probes");
  json.array();
  for (const auto& finding : machine.findings) {
    json.object(Shape::line);
    json.field("source", finding.source);
    json.field("state", to_string(finding.state));
    json.field("text", finding.text);
    json.end();
  }
  json.end();
  json.end();
}

}  // namespace

std::string doctor_json(const DoctorView& view) {
  JsonWriter json;
  json.object();
  json.field("schema", "llmfit.doctor/1");
  json.field("version", view.version);
  write_catalog(json, view);
  write_hardware(json, view);
  json.key("terminal");
  json.object();
  for (const auto& choice : view.terminal) {
    json.key(choice.name);
    json.object(Shape::line);
    json.field("value", choice.value);
    json.field("reason", choice.reason);
    json.end();
  }
  json.end();
  json.key("environment");
  json.object();
  for (const auto& [name, value] : view.environment) json.text_field(name, value);
  json.end();
  json.end();
  return json.take();
}

}  // namespace llmfit::render
