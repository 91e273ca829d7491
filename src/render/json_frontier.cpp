// SPDX-License-Identifier: MIT
#include "render/json_frontier.hpp"

#include "render/json_hardware.hpp"
#include "render/json_numbers.hpp"

namespace llmfit::render {
namespace {

void write_rate(JsonWriter& json, const Rate& rate) {
  write_value(json, "tokens_per_second", rate);
  write_band(json, "tokens_per_second_band", rate);
}

void write_place(JsonWriter& json, const Cost& cost) {
  const auto* offer = cost.offer;
  json.text_field("provider", offer ? offer->provider : std::string_view{});
  json.text_field("instance", offer ? offer->instance : std::string_view{});
  json.text_field("region", offer ? offer->region : std::string_view{});
  json.text_field("as_of", price_date(cost));
  json.field("spot", cost.term == RentalTerm::spot);
  json.text_field("term", offer ? to_string(cost.term) : std::string_view{});
}

void write_point(JsonWriter& json, const FormatResult& format, const FrontierPoint& point) {
  const auto& configuration = point.configuration;
  const auto& per_million = configuration.cost.usd_per_million_tokens;
  json.object();
  json.field("quantization", format_id(format));
  json.field("engine", to_string(format.choice.engine));
  write_cards(json, configuration.gpus);
  json.field("nodes", configuration.split.nodes);
  json.field("tensor_parallel", configuration.split.tensor);
  json.field("pipeline_parallel", configuration.split.pipeline);
  json.field("data_parallel", configuration.split.data);
  json.field("copies", point.copies);
  json.field("usd_per_hour", clean(point.usd_per_hour));
  write_rate(json, point.rate);
  json.field("usd_per_million_tokens", clean(per_million));
  write_place(json, configuration.cost);
  json.end();
}

}  // namespace

void write_frontier(JsonWriter& json, const FitView& view) {
  if (view.frontier == nullptr) return;
  json.key("frontier");
  json.array();
  for (const auto& point : view.frontier->points) {
    write_point(json, view.result.formats[point.format], point);
  }
  json.end();
}

}  // namespace llmfit::render
