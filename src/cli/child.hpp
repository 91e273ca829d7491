// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "llmfit/result.hpp"

namespace llmfit::cli {

/// What `work` writes, in a process of its own: what crashes or hangs there does not crash or hang
/// llmfit. Errors: unreadable_file (no process, a crash, or more time than `limit`).
Result<std::string> in_child(const std::function<std::string()>& work,
                             std::chrono::milliseconds limit);

/// Standard output of a program found in PATH. Errors: unsupported (it is not installed),
/// unreadable_file (it failed or took too long).
Result<std::string> run_program(const std::vector<const char*>& words,
                                std::chrono::milliseconds limit);

}  // namespace llmfit::cli
