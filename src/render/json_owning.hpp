// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/fit.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// The keys "owning" and "energy" of a configuration; null where nobody asked.
void write_owning(JsonWriter& json, const Candidate& candidate);

/// The key "factors": all that the configurations rest on; null where nobody asked.
void write_factors(JsonWriter& json, const FitRequest& request, const FitResult& result);

}  // namespace llmfit::render
