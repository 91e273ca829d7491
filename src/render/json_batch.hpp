// SPDX-License-Identifier: MIT
#pragma once

#include "render/fit_view.hpp"
#include "render/json_writer.hpp"

namespace llmfit::render {

/// The key "batch" of the document: the job and what each way makes of it. Nothing where none was
/// given.
void write_batch_job(JsonWriter& json, const FitView& view);

/// The key "batch" of a configuration; null: no rate is known.
void write_batch(JsonWriter& json, const BatchResult* batch);

}  // namespace llmfit::render
