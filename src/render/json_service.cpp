// SPDX-License-Identifier: MIT
#include "render/json_service.hpp"

#include "render/json_numbers.hpp"

namespace llmfit::render {
namespace {

using Shape = JsonWriter::Shape;

/// The estimate under its name, and the band in which nine of ten measurements lie.
void write_rate(JsonWriter& json, const std::string& name, const std::optional<Rate>& rate) {
  write_value(json, name, rate);
  write_band(json, name + "_band", rate);
}

void write_rates(JsonWriter& json, const std::optional<ServiceRates>& rates) {
  const auto part = [&](Rate ServiceRates::*rate) {
    return rates ? std::optional((*rates).*rate) : std::nullopt;
  };
  write_rate(json, "first_token_seconds", part(&ServiceRates::first_token));
  write_rate(json, "output_token_seconds", part(&ServiceRates::output_token));
}

/// What one copy does with as much as it can take.
void write_most(JsonWriter& json, const Service& service) {
  json.key("at_most");
  if (!service.most) return json.value(nullptr);
  json.object();
  json.field("users", service.concurrency);
  json.field("requests_per_second", clean(service.requests_per_second));
  write_rates(json, service.most);
  write_rate(json, "throughput_tokens_per_second", service.most->throughput);
  json.end();
}

}  // namespace

void write_load(JsonWriter& json, const LoadRequest& load) {
  json.key("load");
  if (!load.serves()) return json.value(nullptr);
  json.object(Shape::line);
  json.field("users", load.users);
  json.field("requests_per_second", load.requests_per_second);
  json.field("input_tokens", load.input_tokens.value_or(usual_input_tokens));
  json.field("output_tokens", load.output_tokens.value_or(usual_output_tokens));
  json.field("ttft_seconds", load.ttft);
  json.field("tpot_seconds", load.tpot);
  json.end();
}

void write_service(JsonWriter& json, const Candidate& candidate) {
  const auto& service = candidate.service;
  json.key("service");
  if (!service) return json.value(nullptr);
  json.object();
  json.field("copies", service->copies);
  json.field("users_per_copy", service->load > 0 ? std::optional(service->load) : std::nullopt);
  json.field("max_sequences", service->held > 0 ? std::optional(service->held) : std::nullopt);
  write_rates(json, service->rates);
  write_rate(json, "throughput_tokens_per_second", service->throughput);
  json.field("usd_per_hour", clean(service->usd_per_hour));
  json.field("usd_per_month", clean(service->usd_per_month));
  json.field("usd_per_million_tokens", clean(service->usd_per_million_tokens));
  json.field("purchase_usd", service->copies ? clean(whole_purchase_usd(candidate)) : std::nullopt);
  write_most(json, *service);
  json.end();
}

}  // namespace llmfit::render
