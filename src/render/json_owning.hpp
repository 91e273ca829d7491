// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// The keys "owning" and "energy" of a configuration; null where nobody asked.
void write_owning(JsonWriter& json, const std::optional<Owning>& owning,
                  const std::optional<Energy>& energy);

/// The key "factors": all that the configurations rest on; null where nobody asked. With
/// `--explain` also the formulas.
void write_factors(JsonWriter& json, const FitView& view);

}  // namespace llmfit::render
