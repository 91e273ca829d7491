// SPDX-License-Identifier: MIT
#pragma once

#include "cli/environment.hpp"
#include "cli/parse.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cli {

/// `--batch-job` with what belongs to it. Where nobody names the context it becomes what the job's
/// longest sequence and answer take. Errors: invalid_value, usage, those of a file of lengths.
Result<void> read_batch(FitRequest& request, const Arguments& arguments, const Model& model,
                        const Environment& environment);

}  // namespace llmfit::cli
