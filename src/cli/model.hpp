// SPDX-License-Identifier: MIT
#pragma once

#include "cli/environment.hpp"
#include "cli/parse.hpp"
#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"

namespace llmfit::cli {

/// Whether a word is taken as a file, by its ending or its beginning.
bool looks_like_path(std::string_view word);

/// The model that MODEL or `--params` names. Errors: unknown_model, usage, invalid_value, and those
/// of make_model and read_model.
Result<Model> choose_model(const Arguments& arguments, const Catalog& catalog,
                           const Environment& environment);

/// The model of a word that is no MODEL but an option's value, such as a draft's. Errors: as above.
Result<Model> named_model(const std::string& word, const Catalog& catalog,
                          const Environment& environment);

}  // namespace llmfit::cli
