// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "llmfit/speed_terms.hpp"
#include "render/json_writer.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// How the rates of the first configuration come about: what they are for, and the parts of a
/// token's and of a prompt's time.
std::vector<Section> speed_sections(const SpeedExplanation& told);

/// The same as the object "speed"; null where no rate is known.
void write_speed(JsonWriter& json, const std::optional<SpeedExplanation>& told);

}  // namespace llmfit::render
