// SPDX-License-Identifier: MIT
#include "render/json_numbers.hpp"

#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::render {

std::optional<double> clean(std::optional<double> value) {
  constexpr double large = 1e9;  // from here on millionths are noise themselves
  if (!value || std::abs(*value) > 1e12) return value;
  return std::abs(*value) > large ? std::round(*value * 1e3) / 1e3 : base::without_noise(*value);
}

void write_value(JsonWriter& json, std::string_view key, const std::optional<Rate>& rate) {
  json.field(key, rate ? clean(rate->value) : std::nullopt);
}

void write_band(JsonWriter& json, std::string_view key, const std::optional<Rate>& rate) {
  json.key(key);
  if (!rate) return json.value(nullptr);
  json.array(JsonWriter::Shape::line);
  json.value(*clean(rate->low));
  json.value(*clean(rate->high));
  json.end();
}

}  // namespace llmfit::render
