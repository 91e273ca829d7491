// SPDX-License-Identifier: MIT
#pragma once

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cli {

/// What buying, power, water and carbon cost, where an option asks for it. Errors: invalid_value.
Result<void> read_owning(FitRequest& request, const Arguments& arguments, const Catalog& catalog);

}  // namespace llmfit::cli
