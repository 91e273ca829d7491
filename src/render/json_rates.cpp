// SPDX-License-Identifier: MIT
#include "render/json_rates.hpp"

#include <string>

#include "render/json_numbers.hpp"

namespace llmfit::render {

std::string_view speed_basis(const std::optional<Rates>& rates) {
  if (!rates) return {};
  if (rates->generation.empty()) return "assumed";
  return rates->measured_cards > 0 ? "measured" : "related";
}

ShownRates shown_rates(const std::optional<Rates>& rates) {
  ShownRates shown;
  if (!rates) return shown;
  shown.prefill = rates->prefill;
  shown.first_token = rates->first_token;
  shown.throughput = rates->throughput;
  shown.decode_limit = to_string(rates->decode_limit);
  shown.prefill_limit = to_string(rates->prefill_limit);
  if (!rates->generates) return shown;
  shown.decode = rates->decode;
  shown.output_token = rates->output_token;
  return shown;
}

void write_rates(JsonWriter& json, const std::optional<Rates>& rates) {
  const auto shown = shown_rates(rates);
  write_value(json, "decode_tokens_per_second", shown.decode);
  write_value(json, "prefill_tokens_per_second", shown.prefill);
  write_band(json, "decode_tokens_per_second_band", shown.decode);
  write_band(json, "prefill_tokens_per_second_band", shown.prefill);
  json.text_field("limit", shown.decode_limit);
  json.text_field("prefill_limit", shown.prefill_limit);
  write_value(json, "first_token_seconds", shown.first_token);
  write_band(json, "first_token_seconds_band", shown.first_token);
  write_value(json, "throughput_tokens_per_second", shown.throughput);
  write_band(json, "throughput_tokens_per_second_band", shown.throughput);
  write_value(json, "output_token_seconds", shown.output_token);
  write_band(json, "output_token_seconds_band", shown.output_token);
  json.text_field("speed_basis", speed_basis(rates));
}

}  // namespace llmfit::render
