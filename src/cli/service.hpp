// SPDX-License-Identifier: MIT
#pragma once

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"
#include "llmfit/result.hpp"

namespace llmfit::cli {

/// --users, --requests-per-second, --ttft and --tpot; with any of them the context is that of one
/// request where nobody names it. Errors: invalid_value.
Result<void> read_service(FitRequest& request, const Arguments& arguments, const Model& model);

}  // namespace llmfit::cli
