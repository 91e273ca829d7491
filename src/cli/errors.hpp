// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "llmfit/result.hpp"

namespace llmfit::cli {

/// 2, or 70 for a bug in llmfit.
int exit_code(const Error& error);

/// Hands a failure on as that of a function with another result.
template <class T>
tl::unexpected<Error> pass(const Result<T>& failed) {
  return tl::unexpected<Error>(failed.error());
}

/// For a person: "llmfit: error: WHAT (WHERE)", then the hint on a line of its own.
std::string error_text(const Error& error);

/// Every part fit for a terminal and for JSON, whatever bytes a file or an argument held.
Error printable(const Error& error);

}  // namespace llmfit::cli
