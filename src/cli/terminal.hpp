// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cli/environment.hpp"
#include "render/terminal.hpp"

namespace llmfit::cli {

/// What the place of output can show, and why llmfit thinks so (for `doctor`).
struct TerminalChoice {
  render::Terminal terminal;
  std::string colour_reason;
  std::string width_reason;
  std::string unicode_reason;
};

/// `color` is the value of --color, empty when it is not given; `to_file`: --output is given.
TerminalChoice choose_terminal(std::string_view color, bool to_file,
                               const Environment& environment);

}  // namespace llmfit::cli
