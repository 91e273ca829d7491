// SPDX-License-Identifier: MIT
#pragma once

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"
#include "llmfit/result.hpp"

namespace llmfit::cli {

/// --input-tokens, --output-tokens and --stack. Errors: invalid_value.
Result<void> read_load(FitRequest& request, const Arguments& arguments);

}  // namespace llmfit::cli
