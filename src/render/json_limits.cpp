// SPDX-License-Identifier: MIT
#include "render/json_limits.hpp"

#include <cmath>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

/// Counts and bytes are whole, money and shares are not.
void write_amount(JsonWriter& json, std::string_view key, std::optional<double> value,
                  LimitKind kind) {
  const auto unit = unit_of(kind);
  const bool whole = unit == "tokens" || unit == "sequences" || unit == "bytes" || unit == "users";
  json.key(key);
  if (!value) return json.value(nullptr);
  if (whole) return json.value(static_cast<std::int64_t>(std::llround(*value)));
  json.value(base::without_noise(*value));
}

}  // namespace

void write_limits(JsonWriter& json, const std::vector<LimitResult>& limits, bool commercial,
                  std::string_view commercial_use) {
  json.key("limits");
  json.array();
  for (const auto& limit : limits) {
    json.object(JsonWriter::Shape::line);
    json.field("limit", to_string(limit.limit));
    json.field("unit", unit_of(limit.limit));
    write_amount(json, "asked", limit.asked, limit.limit);
    write_amount(json, "actual", limit.actual, limit.limit);
    json.field("kept", limit.kept);
    json.end();
  }
  if (commercial) {
    json.object(JsonWriter::Shape::line);
    json.field("limit", "commercial");
    json.field("unit", "commercial_use");
    json.field("asked", "yes");
    json.text_field("actual", commercial_use);
    json.field("kept", allows_commercial_use(commercial_use));
    json.end();
  }
  json.end();
}

}  // namespace llmfit::render
