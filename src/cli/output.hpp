// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/environment.hpp"
#include "llmfit/result.hpp"

namespace llmfit::cli {

/// Everything that a command says, and its exit code. Nothing is written before it is whole.
struct Outcome {
  std::string text;
  int code = 0;
};

/// Writes the text in one go to `path`, or to standard output where it is empty or "-". A reader
/// that went away is no fault. Errors: output_failed.
Result<void> deliver(const Outcome& outcome, const std::string& path, Streams& streams);

}  // namespace llmfit::cli
