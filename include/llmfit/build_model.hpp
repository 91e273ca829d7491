// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "llmfit/catalog.hpp"
#include "llmfit/model.hpp"
#include "llmfit/result.hpp"

namespace llmfit {

/// The tensors and dimensions of a catalog entry. Errors: too_large, internal (a kind without a
/// rule).
Result<Model> make_model(const ModelRecord& record);

/// A model of which only the size is known (`13b`, `--params 13e9`).
Model make_model(std::string name, Elements parameters);

}  // namespace llmfit
