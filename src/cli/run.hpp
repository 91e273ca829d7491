// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "cli/environment.hpp"

namespace llmfit::cli {

/// The whole program: `arguments` without the program's name. Returns 0, 1, 2 or 70; never throws.
int run(std::span<const std::string> arguments, const Environment& environment, Streams& streams);

}  // namespace llmfit::cli
