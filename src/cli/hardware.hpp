// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit::cli {

/// The cards of one or more `--gpu`: commas separate alternatives, a repeated option is one machine
/// with all of them. Errors: unknown_gpu, invalid_value, usage, unsupported (`local`).
Result<HardwareRequest> read_hardware(const std::vector<std::string>& typed,
                                      const Catalog& catalog);

}  // namespace llmfit::cli
