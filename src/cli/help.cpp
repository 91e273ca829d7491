// SPDX-License-Identifier: MIT
#include "cli/help.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "llmfit/fit.hpp"

namespace llmfit::cli {
namespace {

constexpr std::size_t text_column = 26;

constexpr std::string_view what_it_is =
    "llmfit: will this language model run on that hardware, and what does it cost?";

/// "  NAME      text …", wrapped; a long name stands on a line of its own.
std::string entry(std::string_view name, std::string_view text, int width) {
  const auto columns = static_cast<std::size_t>(std::max(width, 40));
  std::string result = "  " + std::string(name);
  bool fresh = result.size() + 2 > text_column;
  if (!fresh) result.resize(text_column, ' ');
  for (const auto& line : base::wrap(text, columns - text_column)) {
    if (fresh) result += "\n" + std::string(text_column, ' ');
    result += line;
    fresh = true;
  }
  return result + "\n";
}

std::string paragraph(std::string_view text, int width) {
  std::string result;
  for (const auto& line : base::wrap(text, static_cast<std::size_t>(std::max(width, 40)))) {
    result += line + "\n";
  }
  return result;
}

std::string option_name(const OptionSpec& option) {
  return std::string(option.name) + (option.is_flag() ? "" : " ") + std::string(option.value);
}

std::string option_entries(Command command, int width) {
  std::string result;
  std::string_view group;
  for (const auto* option : options_of(command)) {
    if (option->group != group) result.append("\n").append(option->group).append(":\n");
    group = option->group;
    result += entry(option_name(*option), describe(*option), width);
  }
  return result;
}

std::string command_entries(int width) {
  std::string result;
  for (const auto& command : commands()) {
    if (command.hidden || command.name.empty()) continue;
    std::string name(command.name);
    if (!command.synopsis.empty()) name.append(" ").append(command.synopsis);
    result += entry(name, command.summary, width);
  }
  return result;
}

std::string main_help(int width) {
  const auto& job = spec_of(Command::fit);
  auto result = paragraph(what_it_is, width);
  result += "\nUsage:\n  llmfit MODEL [options]\n  llmfit COMMAND [words] [options]\n\n";
  result += paragraph(job.details, width);
  result += "\nExamples:\n";
  for (const auto& command : commands()) {
    if (command.id == Command::fit || command.id == Command::check ||
        command.id == Command::offers) {
      result.append("  ").append(command.example).append("\n");
    }
  }
  result += "  llmfit llama2-13b --quant fp16 --gpu v100-16gbx2 --json\n";
  result += "\nCommands:\n" + command_entries(width) + option_entries(Command::fit, width);
  result += "\nExit codes:\n";
  for (const auto& code : exit_codes()) result += entry(code.code, code.meaning, width);
  return result + "\n`llmfit COMMAND --help` tells more about a command.\n";
}

std::string command_help(const CommandSpec& command, int width) {
  std::string result =
      paragraph("llmfit " + std::string(command.name) + ": " + std::string(command.summary), width);
  result += "\nUsage:\n  " + usage_line(command) + "\n\n" + paragraph(command.details, width);
  result.append("\nExample:\n  ").append(command.example).append("\n");
  return result + option_entries(command.id, width);
}

/// "one of a, b, c" or, where others are taken too, "such as a, b, c".
std::string choices_text(const OptionSpec& option) {
  std::string text = option.open ? "such as " : "one of ";
  const auto words = base::split(option.choices, ' ');
  for (std::size_t i = 0; i < words.size(); ++i) text.append(i > 0 ? ", " : "").append(words[i]);
  return text;
}

/// What holds when the option is not given; the search knows its own ladder.
std::string fallback_text(const OptionSpec& option) {
  if (option.id != Option::quant) return std::string(option.fallback);
  std::string text;
  for (const auto word : default_ladder()) text.append(text.empty() ? "" : ",").append(word);
  return text;
}

}  // namespace

std::vector<const OptionSpec*> options_of(Command command) {
  std::vector<const OptionSpec*> result;
  for (const auto& option : options()) {
    if (option.applies_to(command)) result.push_back(&option);
  }
  return result;
}

std::string usage_line(const CommandSpec& command) {
  std::string line = "llmfit";
  if (!command.name.empty()) line.append(" ").append(command.name);
  if (!command.synopsis.empty()) line.append(" ").append(command.synopsis);
  return line + " [options]";
}

std::string describe(const OptionSpec& option) {
  std::string text(option.help);
  if (!option.choices.empty() && (!option.open || option.completion == Complete::nothing)) {
    text += "; " + choices_text(option);
  }
  if (option.repeatable) text += "; may be given again";
  const auto fallback = fallback_text(option);
  return fallback.empty() ? text : text.append(" (default: ").append(fallback).append(")");
}

std::vector<VariableSpec> variables() {
  return {
      {"LLMFIT_CATALOG", "catalog files of one's own, separated by colons"},
      {"XDG_CONFIG_HOME", "llmfit/catalog.json in it is read; without it, in ~/.config"},
      {"NO_COLOR", "no colours, unless --color says otherwise"},
      {"TERM", "no colours where it is dumb"},
      {"COLUMNS", "width of a terminal that does not tell its own"},
      {"LC_ALL", "before LC_CTYPE and LANG: bars and signs are ASCII where it is not UTF-8"},
      {"LC_CTYPE", "as LC_ALL"},
      {"LANG", "as LC_ALL"},
      {"SOURCE_DATE_EPOCH", "the day against which prices are old, in seconds since 1970"},
  };
}

std::vector<ExitCodeSpec> exit_codes() {
  return {
      {"0",
       "answered, and the answer is yes: something fits; check: it fits and keeps every limit"},
      {"1",
       "answered, and the answer is no: nothing fits, nothing matches, a catalog has faults, a log "
       "differs from its prediction"},
      {"2", "could not answer: an unknown name or option, a file that cannot be read or written"},
      {"70", "a bug in llmfit"},
  };
}

std::string short_help() {
  return std::string(what_it_is) +
         "\n\n"
         "  llmfit llama2-13b --quant q4      memory, cards, machines and prices\n"
         "  llmfit models llama               the catalog; also gpus, offers, quants\n"
         "  llmfit check llama3-70b --quant q4 --gpu rtx-3090x2\n"
         "                                    one verdict, as an exit code\n"
         "\n"
         "`llmfit --help` shows everything.\n";
}

std::string help_text(Command command, int width) {
  return command == Command::fit ? main_help(width) : command_help(spec_of(command), width);
}

}  // namespace llmfit::cli
