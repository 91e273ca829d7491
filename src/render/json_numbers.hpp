// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "llmfit/speed.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// A figure without the digits that come from arithmetic alone; what is unknown stays so.
std::optional<double> clean(std::optional<double> value);

/// The estimate of a rate or a time.
void write_value(JsonWriter& json, std::string_view key, const std::optional<Rate>& rate);
/// The band in which nine of ten measurements lie: `[low, high]`, or null.
void write_band(JsonWriter& json, std::string_view key, const std::optional<Rate>& rate);

}  // namespace llmfit::render
