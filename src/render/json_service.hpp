// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/fit.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// `"load": { … }`, what was asked for; null where no load was.
void write_load(JsonWriter& json, const LoadRequest& load);

/// `"service": { … }` of one configuration; null where no load was asked for or it holds no model.
void write_service(JsonWriter& json, const Candidate& candidate);

}  // namespace llmfit::render
