// SPDX-License-Identifier: MIT
#pragma once

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cli {

/// Tokens of a prompt and of its answer into `load`; where --context is not given and both are, the
/// context is their sum (of an encoder, which answers nothing, the text alone). `model` is null
/// where many are asked about. Errors: invalid_value, usage (a context that is too small for them).
Result<void> read_lengths(LoadRequest& load, WorkloadRequest& workload, const Arguments& arguments,
                          const Model* model);

/// The serving stack whose speed counts. Errors: usage where none of the engines has it.
Result<void> read_stack(LoadRequest& load, const Arguments& arguments, const Catalog& catalog,
                        const std::vector<Engine>& engines);

/// Both, for the main job.
Result<void> read_load(FitRequest& request, const Arguments& arguments, const Catalog& catalog,
                       const Model& model);

}  // namespace llmfit::cli
