// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"
#include "cli/help.hpp"

namespace llmfit::cli {
namespace {

constexpr std::string_view head = R"(# fish completion of llmfit; made by: llmfit completion fish
function __llmfit_names
  set -l token (commandline -ct | string replace -r '^--[a-z-]+=' '')
  llmfit __complete $argv[1] "$token" 2>/dev/null
end

function __llmfit_is
  set -l command fit
  for word in (commandline -opc)[2..-1]
)";

constexpr std::string_view middle = R"(      set command $word
      break
    end
  end
  contains -- $command $argv
end

complete -c llmfit -f
)";

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

/// The name that `__llmfit_is` knows a command by.
std::string_view word_of(const CommandSpec& command) {
  return command.name.empty() ? std::string_view("fit") : command.name;
}

std::string condition(const OptionSpec& option) {
  std::string text = "__llmfit_is";
  for (const auto& command : commands()) {
    if (command.hidden || !option.applies_to(command.id)) continue;
    text.append(" ").append(word_of(command));
  }
  return quoted(text);
}

std::string source(std::string_view choices, Complete kind) {
  if (kind == Complete::files) return " -r -F";
  if (kind != Complete::nothing) {
    return " -x -a " + quoted("(__llmfit_names " + std::string(to_string(kind)) + ")");
  }
  return choices.empty() ? " -x" : " -x -a " + quoted(choices);
}

std::string option_line(const OptionSpec& option) {
  std::string line = "complete -c llmfit -n " + condition(option);
  if (option.id == Option::help) line += " -s h";
  line.append(" -l ").append(option.name.substr(2));
  if (!option.is_flag()) line += source(option.choices, option.completion);
  return line + " -d " + quoted(option.help) + "\n";
}

std::string word_lines(const CommandSpec& command) {
  const std::string start =
      "complete -c llmfit -n " + quoted("__llmfit_is " + std::string(word_of(command)));
  std::string lines;
  if (!command.choices.empty()) lines += start + " -a " + quoted(command.choices) + "\n";
  if (command.completion == Complete::files) {
    lines += start + " -F\n";
  } else if (command.completion != Complete::nothing) {
    lines += start + source("", command.completion).substr(3) + "\n";
  }
  return lines;
}

}  // namespace

std::string fish_completion() {
  std::string script(head);
  script += "    if contains -- $word " + command_list(" ") + "\n";
  script += middle;
  for (const auto& command : commands()) {
    if (command.hidden || command.name.empty()) continue;
    script.append("complete -c llmfit -n '__llmfit_is fit' -a ").append(command.name);
    script.append(" -d ").append(quoted(command.summary)).append("\n");
  }
  for (const auto& command : commands()) {
    if (!command.hidden) script += word_lines(command);
  }
  for (const auto& option : options()) script += option_line(option);
  return script;
}

}  // namespace llmfit::cli
