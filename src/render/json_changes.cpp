// SPDX-License-Identifier: MIT
#include "render/json_changes.hpp"

#include "render/json_numbers.hpp"

namespace llmfit::render {
namespace {

void write_change(JsonWriter& json, const Change& change) {
  const auto& candidate = change.candidate;
  const auto& gpus = candidate.gpus;
  const auto* device = tightest(candidate);
  const auto needed = device != nullptr ? std::optional(device->load.total()) : std::nullopt;
  const auto usable = device != nullptr ? std::optional(device->usable) : std::nullopt;
  json.object();
  json.field("kind", to_string(change.lever));
  json.field("option", change.option);
  json.field("value", change.value);
  json.text_field("gpu", gpus.size() == 1 ? gpus.front().gpu->id : std::string_view{});
  json.field("gpu_count", card_count(candidate));
  json.field("needed_bytes", needed);
  json.field("usable_bytes", usable);
  json.field("usd_per_hour", clean(candidate.cost.usd_per_hour));
  json.field("usd_per_hour_delta", clean(change.usd_per_hour_delta));
  json.field("purchase_usd", clean(candidate.cost.purchase_usd));
  json.field("text", text(change));
  json.end();
}

}  // namespace

void write_changes(JsonWriter& json, const std::vector<Change>& changes) {
  json.key("changes");
  json.array();
  for (const auto& change : changes) write_change(json, change);
  json.end();
}

void write_headroom(JsonWriter& json, const std::optional<Headroom>& headroom) {
  json.key("headroom");
  if (!headroom) return json.value(nullptr);
  const auto* format = headroom->next_format;
  json.object(JsonWriter::Shape::line);
  json.field("context_tokens", headroom->context_tokens);
  json.field("sequences", headroom->sequences);
  json.text_field("next_format", format != nullptr ? format->id : std::string_view{});
  json.field("bits_per_weight", clean(headroom->bits_per_weight));
  json.end();
}

}  // namespace llmfit::render
