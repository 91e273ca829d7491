// SPDX-License-Identifier: MIT
#include <string>
#include <string_view>

#include "cli/help.hpp"

namespace llmfit::cli {
namespace {

constexpr std::string_view synopsis = R"(\fBllmfit\fR \fIMODEL\fR [\fIoptions\fR]
.br
\fBllmfit\fR \fICOMMAND\fR [\fIwords\fR] [\fIoptions\fR]
)";

/// Text that roff takes literally: no escapes, real minus signs, no control line.
std::string roff(std::string_view text) {
  std::string result;
  if (text.starts_with('.') || text.starts_with('\'')) result += "\\&";
  for (const char c : text) {
    if (c == '-') {
      result += "\\-";
    } else if (c == '\\') {
      result += "\\e";
    } else if (c == '\'') {
      result += "\\(aq";
    } else {
      result += c;
    }
  }
  return result;
}

std::string section(std::string_view name) { return ".SH " + std::string(name) + "\n"; }

std::string entry(std::string_view name, std::string_view argument, std::string_view text) {
  std::string result = ".TP\n\\fB" + roff(name) + "\\fR";
  if (!argument.empty()) result += " \\fI" + roff(argument) + "\\fR";
  return result + "\n" + roff(text) + "\n";
}

std::string command_section() {
  std::string text = section("COMMANDS");
  for (const auto& command : commands()) {
    if (command.hidden) continue;
    const std::string name =
        command.name.empty() ? "llmfit" : "llmfit " + std::string(command.name);
    text += entry(name, command.synopsis,
                  std::string(command.summary) + ". " + std::string(command.details));
  }
  return text;
}

std::string option_section() {
  std::string text = section("OPTIONS");
  std::string_view group;
  for (const auto& option : options()) {
    if (option.group != group) text += ".SS " + roff(option.group) + "\n";
    group = option.group;
    text += entry(option.name, option.value, describe(option));
  }
  return text;
}

std::string example_section() {
  std::string text = section("EXAMPLES") + ".nf\n";
  for (const auto& command : commands()) {
    if (!command.hidden) text += roff(command.example) + "\n";
  }
  return text + ".fi\n";
}

}  // namespace

std::string man_page(std::string_view version) {
  std::string text = R"(.TH LLMFIT 1 "" "llmfit )" + roff(version) + R"(" "User Commands")" + "\n";
  text += section("NAME") + "llmfit \\- which hardware holds a language model, and at what cost\n";
  text += section("SYNOPSIS") + std::string(synopsis);
  text += section("DESCRIPTION") + roff(spec_of(Command::fit).details) + "\n";
  text += command_section() + option_section() + section("EXIT STATUS");
  for (const auto& code : exit_codes()) text += entry(code.code, "", code.meaning);
  text += section("ENVIRONMENT");
  for (const auto& variable : variables()) text += entry(variable.name, "", variable.meaning);
  return text + example_section();
}

}  // namespace llmfit::cli
