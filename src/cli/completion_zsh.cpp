// SPDX-License-Identifier: MIT
#include "cli/completion.hpp"
#include "cli/help.hpp"

namespace llmfit::cli {
namespace {

constexpr std::string_view head = R"zsh(#compdef llmfit
# zsh completion of llmfit; made by: llmfit completion zsh
_llmfit_names() {
  local -a names
  names=(${(f)"$($service __complete $1 ${(Q)PREFIX} 2>/dev/null)"})
  compadd -a names
}

_llmfit_words() {
  case $command in
)zsh";

constexpr std::string_view middle = R"zsh(  esac
}

_llmfit() {
  local command='' word
  local -a options
  for word in ${words[2,CURRENT-1]}; do
    case $word in
)zsh";

/// As a file of $fpath the script is the first call's body; sourced, it only registers itself.
constexpr std::string_view tail = R"zsh(  esac
  _arguments $options '*: :_llmfit_words'
}

if [[ $funcstack[1] == _llmfit ]]; then
  _llmfit "$@"
else
  compdef _llmfit llmfit
fi
)zsh";

/// Text inside the brackets of an _arguments specification, itself inside single quotes.
std::string explained(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string action(std::string_view choices, Complete kind) {
  if (kind == Complete::files) return " _files";
  // With a space in front _arguments calls it as it stands, without words of its own.
  if (kind != Complete::nothing) return std::string(" _llmfit_names ").append(to_string(kind));
  return choices.empty() ? std::string(" ") : std::string("(").append(choices).append(")");
}

std::string option_line(const OptionSpec& option) {
  std::string line = "        '";
  if (option.repeatable) line += "*";
  line += option.name;
  if (!option.is_flag()) line += "=";
  line.append("[").append(explained(option.help)).append("]");
  if (!option.is_flag()) {
    line.append(":").append(explained(option.value)).append(":");
    line += action(option.choices, option.completion);
  }
  return line + "'\n";
}

std::string word_case(const CommandSpec& command) {
  std::string line = "    ('" + std::string(command.name) + "')";
  if (command.id == Command::fit) line += " compadd " + command_list(" ") + ";";
  if (!command.choices.empty()) line += " compadd " + std::string(command.choices) + ";";
  if (command.completion != Complete::nothing) {
    line.append(action("", command.completion)).append(";");
  }
  return line + ";\n";
}

}  // namespace

std::string zsh_completion() {
  std::string script(head);
  for (const auto& command : commands()) {
    const bool offers_words = command.completion != Complete::nothing || !command.choices.empty();
    if (!command.hidden && offers_words) script += word_case(command);
  }
  script += middle;
  script += "      (" + command_list("|") + ") command=$word; break ;;\n    esac\n  done\n";
  script += "  case $command in\n";
  for (const auto& command : commands()) {
    if (command.hidden) continue;
    script += "    ('" + std::string(command.name) + "')\n      options=(\n        '-h[help]'\n";
    for (const auto* option : options_of(command.id)) script += option_line(*option);
    script += "      ) ;;\n";
  }
  return script.append(tail);
}

}  // namespace llmfit::cli
