// SPDX-License-Identifier: MIT
#include "cli/terminal.hpp"

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::cli {
namespace {

struct Switch {
  bool on = false;
  std::string reason;
};

Switch choose_colour(std::string_view color, bool terminal, const Environment& environment) {
  if (color == "always" || color == "never") {
    return {color == "always", "--color " + std::string(color)};
  }
  if (!environment.variable("NO_COLOR").empty()) return {false, "NO_COLOR is set"};
  if (environment.variable("TERM") == "dumb") return {false, "TERM is dumb"};
  return {terminal, terminal ? "a terminal" : "not a terminal"};
}

/// The locale by the first of the three variables that is set, as POSIX has it.
Switch choose_unicode(const Environment& environment) {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = environment.variable(name);
    if (value.empty()) continue;
    const auto locale = base::lower(value);
    const bool utf8 =
        locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    return {utf8, std::string(name) + " is " + value};
  }
  return {false, "no locale is set"};
}

/// COLUMNS counts only for a terminal: what goes into a pipe or a file is never cut.
void choose_width(bool terminal, const Environment& environment, TerminalChoice& choice) {
  if (!terminal) {
    choice.width_reason = "not a terminal";
    return;
  }
  choice.terminal.width = environment.columns();
  choice.width_reason = "the terminal says so";
  if (choice.terminal.width) return;
  const auto columns = base::parse_int(environment.variable("COLUMNS"));
  if (columns && *columns > 0 && *columns < 10000) {
    choice.terminal.width = static_cast<int>(*columns);
    choice.width_reason = "COLUMNS is set";
  } else {
    choice.width_reason = "the terminal does not tell";
  }
}

}  // namespace

TerminalChoice choose_terminal(std::string_view color, bool to_file,
                               const Environment& environment) {
  const bool terminal = !to_file && environment.is_terminal(Stream::output);
  TerminalChoice choice;
  auto colour = choose_colour(color, terminal, environment);
  choice.terminal.colour = colour.on;
  choice.colour_reason = std::move(colour.reason);
  auto unicode = choose_unicode(environment);
  choice.terminal.unicode = unicode.on;
  choice.unicode_reason = std::move(unicode.reason);
  choose_width(terminal, environment, choice);
  return choice;
}

}  // namespace llmfit::cli
