// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/spec.hpp"

namespace llmfit::cli {

inline constexpr int help_width = 80;  ///< columns where the terminal does not tell

/// What `llmfit` alone prints.
std::string short_help();

/// The help of one command; that of the main job is the whole program's. At most `width` columns.
std::string help_text(Command command, int width = help_width);

/// The manual page, as roff source.
std::string man_page(std::string_view version);

/// The options of a command that are shown in help, manual page and completions.
std::vector<const OptionSpec*> options_of(Command command);

/// "llmfit check MODEL --quant Q --gpu ID[xN]".
std::string usage_line(const CommandSpec& command);

/// Help, default and choices of an option in one paragraph.
std::string describe(const OptionSpec& option);

/// An environment variable that llmfit reads.
struct VariableSpec {
  std::string_view name;
  std::string_view meaning;
};
std::vector<VariableSpec> variables();

struct ExitCodeSpec {
  std::string_view code;
  std::string_view meaning;
};
std::vector<ExitCodeSpec> exit_codes();

}  // namespace llmfit::cli
