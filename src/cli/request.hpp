// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"
#include "llmfit/machine.hpp"

namespace llmfit::cli {

/// The engine that was named; absent: none was.
std::optional<Engine> asked_engine(const Arguments& arguments);

/// Context, sequences, KV type and settings as they were typed. Errors: invalid_value.
Result<WorkloadRequest> read_workload(const Arguments& arguments);

/// The typed question of the main job and of `check`; `today` is YYYY-MM-DD; `probes` are for
/// `--gpu local`. Errors: those of the
/// values, unknown_format, unknown_gpu, unknown_provider, usage.
Result<FitRequest> make_request(const Arguments& arguments, const Catalog& catalog,
                                const Model& model, std::string today,
                                const Probes* probes = nullptr);

}  // namespace llmfit::cli
