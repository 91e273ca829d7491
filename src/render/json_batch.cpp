// SPDX-License-Identifier: MIT
#include "render/json_batch.hpp"

#include "render/batch_report.hpp"
#include "render/json_numbers.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

void write_lengths(JsonWriter& json, std::string_view key, const LengthHistogram& lengths) {
  json.key(key);
  if (lengths.empty()) return json.value(nullptr);
  json.object(Shape::line);
  json.field("shortest", lengths.shortest());
  json.field("longest", lengths.longest());
  json.field("mean", clean(lengths.mean()));
  json.field("tokens", lengths.tokens());
  json.end();
}

void write_way(JsonWriter& json, BatchWay way, const BatchTokens& tokens) {
  json.object(Shape::line);
  json.field("way", to_string(way));
  json.field("slots", tokens.slots > 0 ? std::optional(tokens.slots) : std::nullopt);
  json.field("tokens", tokens.computed);
  json.field("waste", clean(tokens.waste));
  json.field("speed_up", clean(tokens.speed_up));
  json.end();
}

void write_offer(JsonWriter& json, std::string_view key, const OfferRecord* offer, bool spot) {
  json.key(key);
  if (offer == nullptr) return json.value(nullptr);
  json.object(Shape::line);
  json.field("provider", offer->provider);
  json.text_field("instance", offer->instance);
  json.text_field("region", offer->region);
  json.field("usd_per_hour", clean(spot ? offer->usd_per_hour_spot : offer->usd_per_hour));
  Cost cost;
  cost.offer = offer;
  cost.term = spot ? RentalTerm::spot : RentalTerm::on_demand;
  json.text_field("as_of", price_date(cost));
  json.end();
}

void write_run(JsonWriter& json, BatchWay way, const BatchRun& run) {
  json.object(Shape::line);
  json.field("way", to_string(way));
  write_value(json, "hours", run.hours);
  write_band(json, "hours_band", run.hours);
  json.field("copies", run.copies);
  json.field("concurrency", run.concurrency > 0 ? std::optional(run.concurrency) : std::nullopt);
  json.field("usd_on_demand", clean(run.usd_on_demand));
  json.field("usd_spot", clean(run.usd_spot));
  json.end();
}

}  // namespace

void write_batch_job(JsonWriter& json, const FitView& view) {
  const auto* plan = shared_batch(view);
  if (plan == nullptr) return;
  json.key("batch");
  json.object();
  json.field("sequences", plan->prompts.sequences());
  write_lengths(json, "lengths", plan->prompts);
  write_lengths(json, "answers", plan->answers);
  json.field("slot", plan->slot);
  json.field("cut_sequences", plan->cut_sequences);
  json.field("cut_tokens", plan->cut_tokens);
  json.field("within_hours", plan->within_hours);
  json.key("ways");
  json.array();
  for (const auto way : every_batch_way) write_way(json, way, plan->of(way));
  json.end();
  json.end();
}

void write_batch(JsonWriter& json, const BatchResult* batch) {
  json.key("batch");
  if (batch == nullptr) return json.value(nullptr);
  json.object();
  json.field("way", to_string(batch->engine_way));
  json.field("usd", clean(batch->usd()));
  json.key("ways");
  json.array();
  for (const auto way : every_batch_way) write_run(json, way, batch->of(way));
  json.end();
  write_offer(json, "on_demand", batch->on_demand, false);
  write_offer(json, "spot", batch->spot, true);
  json.end();
}

}  // namespace llmfit::render
