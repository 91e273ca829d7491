// SPDX-License-Identifier: MIT
#pragma once

#include "cli/environment.hpp"
#include "cli/parse.hpp"
#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"

namespace llmfit::cli {

/// The model that MODEL or `--params` names. Errors: unknown_model, usage, invalid_value, and those
/// of make_model and read_model.
Result<Model> choose_model(const Arguments& arguments, const Catalog& catalog,
                           const Environment& environment);

}  // namespace llmfit::cli
