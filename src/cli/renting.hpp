// SPDX-License-Identifier: MIT
#pragma once

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cli {

/// On what terms a machine is rented, how busy it is, and the hosted APIs to compare with, into the
/// request, whose load was read before. Errors: usage, invalid_value, unknown_model.
Result<void> read_renting(FitRequest& request, const Arguments& arguments, const Catalog& catalog,
                          const Model& model);

}  // namespace llmfit::cli
