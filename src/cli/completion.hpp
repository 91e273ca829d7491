// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace llmfit::cli {

/// A completion script, made from the table of commands and options. Names of the catalog are asked
/// from `llmfit __complete` when they are needed.
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

/// The names of all commands that are shown, with `separator` between them.
std::string command_list(std::string_view separator);

}  // namespace llmfit::cli
