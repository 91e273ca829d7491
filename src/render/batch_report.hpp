// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// The job as the first format that an engine has works it off; null: none was given.
const BatchPlan* shared_batch(const FitView& view);

/// The job, what each way makes of it, and up to `count` configurations.
void add_batch(const FitView& view, Report& report, std::size_t count);

/// What the columns of the same configurations' CSV rows are for a job.
std::vector<Column> batch_columns();
std::vector<Cell> batch_cells(const Candidate& candidate);

}  // namespace llmfit::render
