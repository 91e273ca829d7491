// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"
#include "cli/help.hpp"

namespace llmfit::cli {
namespace {

constexpr std::string_view head = R"(# bash completion of llmfit; made by: llmfit completion bash
_llmfit_names() {
  COMPREPLY=($("$1" __complete "$2" "$3" 2>/dev/null))
}

_llmfit() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' words='' i
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
)";

constexpr std::string_view tail = R"(  esac
}
complete -F _llmfit llmfit
)";

std::string word_list(std::string_view words) {
  return "COMPREPLY=($(compgen -W '" + std::string(words) + "' -- \"$cur\"))";
}

std::string names(Complete kind) {
  if (kind == Complete::files) {
    return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\"))";
  }
  return "_llmfit_names \"$1\" " + std::string(to_string(kind)) + " \"$cur\"";
}

/// What a shell offers after an option that takes a value; nothing where there is nothing to offer.
std::string value_case(const OptionSpec& option) {
  std::string line = "    " + std::string(option.name) + ") ";
  if (option.completion != Complete::nothing) {
    line += names(option.completion) + "; ";
  } else if (!option.choices.empty()) {
    line += word_list(option.choices) + "; ";
  }
  return line + "return ;;\n";
}

std::string option_case(const CommandSpec& command) {
  std::string line = "      '" + std::string(command.name) + "') words='";
  for (const auto* option : options_of(command.id)) line.append(option->name).append(" ");
  return line + "-h' ;;\n";
}

std::string word_case(const CommandSpec& command) {
  const std::string start = "    '" + std::string(command.name) + "') ";
  if (command.id == Command::fit) {
    return start + names(command.completion) + "; COMPREPLY+=($(compgen -W '" + command_list(" ") +
           "' -- \"$cur\")) ;;\n";
  }
  std::string line = start;
  if (command.completion != Complete::nothing) line += names(command.completion) + "; ";
  if (!command.choices.empty()) {
    line += command.completion == Complete::nothing
                ? word_list(command.choices) + " "
                : "[[ $prev == " + std::string(command.name) + " ]] && " +
                      word_list(command.choices) + " ";
  }
  return line + ";;\n";
}

}  // namespace

std::string bash_completion() {
  std::string script(head);
  script += "      " + command_list("|") + ") command=${COMP_WORDS[i]}; break ;;\n";
  script += "    esac\n  done\n  case $prev in\n";
  for (const auto& option : options()) {
    if (!option.is_flag()) script += value_case(option);
  }
  script += "  esac\n  if [[ $cur == -* ]]; then\n    case $command in\n";
  for (const auto& command : commands()) {
    if (!command.hidden) script += option_case(command);
  }
  script += "    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n    return\n  fi\n";
  script += "  case $command in\n";
  for (const auto& command : commands()) {
    const bool offers_words = command.completion != Complete::nothing || !command.choices.empty();
    if (!command.hidden && offers_words) script += word_case(command);
  }
  return script + std::string(tail);
}

std::string command_list(std::string_view separator) {
  std::string text;
  for (const auto name : command_names()) text.append(text.empty() ? "" : separator).append(name);
  return text;
}

}  // namespace llmfit::cli
