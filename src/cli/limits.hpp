// SPDX-License-Identifier: MIT
#pragma once

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cli {

/// The limits of `check`, which filter the main job, into the request. Errors: invalid_value.
Result<void> read_limits(FitRequest& request, const Arguments& arguments);

}  // namespace llmfit::cli
