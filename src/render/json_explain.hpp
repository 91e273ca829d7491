// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// The "explain" object of one format: the engine's version, every term, and how usable memory is
/// known.
void write_explain(JsonWriter& json, const Catalog& catalog, const FormatResult& format);

}  // namespace llmfit::render
