// SPDX-License-Identifier: MIT
#pragma once

#include "cli/environment.hpp"
#include "cli/parse.hpp"
#include "llmfit/add_ons.hpp"
#include "llmfit/catalog.hpp"

namespace llmfit::cli {

/// What `--lora`, `--draft` and `--projector` name. Errors: invalid_value, and those of
/// named_model.
Result<AddOns> read_add_ons(const Arguments& arguments, const Catalog& catalog,
                            const Environment& environment);

}  // namespace llmfit::cli
