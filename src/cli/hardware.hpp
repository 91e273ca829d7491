// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/parse.hpp"
#include "llmfit/fit.hpp"
#include "llmfit/machine.hpp"

namespace llmfit::cli {

/// The cards of one or more `--gpu`: commas separate alternatives, a repeated option is one machine
/// with all of them. `local` is this machine, looked at through `probes`. Errors: unknown_gpu,
/// invalid_value, usage, unsupported (`local` without probes).
Result<HardwareRequest> read_hardware(const std::vector<std::string>& typed, const Catalog& catalog,
                                      const Probes* probes = nullptr);

/// `--usable` and `--reserve`. Errors: invalid_value.
Result<DeviceLimits> read_device_limits(const Arguments& arguments);

}  // namespace llmfit::cli
