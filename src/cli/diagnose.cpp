// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "cli/scan.hpp"

namespace llmfit::cli {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "'";
  return result.append(text).append("'");
}

/// "llmfit check"; the main job is plain "llmfit".
std::string name_of(const CommandSpec& command) {
  return command.name.empty() ? "llmfit" : "llmfit " + std::string(command.name);
}

/// The command as a person would type it, in the quotes of such.
std::string code(const CommandSpec& command) {
  return std::string("`").append(name_of(command)).append("`");
}

Error usage(std::string message, std::string hint, std::string_view where) {
  return {ErrorCode::usage, std::move(message), std::move(hint), std::string(where)};
}

std::string help_hint(const CommandSpec& command) {
  return std::string("`").append(name_of(command)).append(" --help` shows what it takes");
}

std::string or_help(const std::string& near_names, const CommandSpec& command) {
  return near_names.empty() ? help_hint(command) : near_names;
}

/// "did you mean …? " before the whole list, which is short.
std::string allowed_hint(std::string_view typed, std::string_view choices) {
  const auto list = base::split(choices, ' ');
  const std::vector<std::string_view> names(list.begin(), list.end());
  auto text = base::did_you_mean(base::nearest(typed, names));
  if (!text.empty()) text += ' ';
  text += "allowed: ";
  for (std::size_t i = 0; i < names.size(); ++i) text.append(i > 0 ? ", " : "").append(names[i]);
  return text;
}

Error unknown_option(const Word& word, const CommandSpec& command) {
  std::vector<std::string_view> names;
  for (const auto& option : options()) {
    if (option.applies_to(command.id)) names.push_back(option.name);
  }
  return usage("unknown option " + quoted(word.text),
               or_help(base::did_you_mean(base::nearest(word.text, names)), command), word.text);
}

Error wrong_command(const OptionSpec& option, const CommandSpec& command) {
  std::string hint = "it belongs to";
  bool first = true;
  for (const auto& other : commands()) {
    if (other.hidden || !option.applies_to(other.id)) continue;
    hint.append(first ? " " : ", ").append(code(other));
    first = false;
  }
  return usage("option " + quoted(option.name) + " does not apply to " + code(command),
               std::move(hint), option.name);
}

Error wrong_value(const OptionSpec& option, std::string_view value) {
  std::string where(option.name);
  where.append(" ").append(value);
  const auto hint = allowed_hint(value, option.choices);
  if (option.id == Option::engine) {
    return {ErrorCode::unknown_engine, "unknown engine " + quoted(value), hint, where};
  }
  return {ErrorCode::invalid_value, quoted(value).append(" is no value of ").append(option.name),
          hint, where};
}

std::optional<Error> option_fault(const Word& word, const CommandSpec& command, bool repeated) {
  if (word.option == nullptr) return unknown_option(word, command);
  const auto& option = *word.option;
  if (!option.applies_to(command.id)) return wrong_command(option, command);
  if (option.is_flag()) {
    if (!word.value) return std::nullopt;
    return usage("option " + quoted(option.name) + " takes no value",
                 std::string("leave out '=").append(*word.value).append("'"), option.name);
  }
  if (!word.value || word.value->empty()) {
    return usage("option " + quoted(option.name) + " needs a value: " + std::string(option.value),
                 help_hint(command), option.name);
  }
  if (repeated && !option.repeatable) {
    return usage("option " + quoted(option.name) + " is given more than once", "keep one of them",
                 option.name);
  }
  if (!option.open && !option.choices.empty() && !is_choice(option.choices, *word.value)) {
    return wrong_value(option, *word.value);
  }
  return std::nullopt;
}

Error too_many_words(const CommandSpec& command, const std::vector<std::string_view>& words) {
  const auto names = command_names();
  const auto near = command.id == Command::fit ? base::nearest(words.front(), names, 1)
                                               : std::vector<std::string_view>{};
  if (!near.empty()) {
    return usage("unknown command " + quoted(words.front()), base::did_you_mean(near),
                 words.front());
  }
  const auto extra = words[command.max_words];
  const bool takes_model = command.id == Command::fit || command.id == Command::check;
  return usage("unexpected word " + quoted(extra),
               takes_model ? "one model at a time; quote a name with spaces: '" +
                                 std::string(words.front()) + " " + std::string(extra) + "'"
                           : help_hint(command),
               extra);
}

std::optional<Error> word_fault(const Scan& scan) {
  const auto& command = *scan.command;
  const auto words = scan.plain();
  if (words.size() > command.max_words) return too_many_words(command, words);
  if (words.size() < command.min_words) {
    return usage(code(command) + " needs " + std::string(command.synopsis), help_hint(command),
                 command.name);
  }
  if (words.empty() || command.choices.empty() || is_choice(command.choices, words.front())) {
    return std::nullopt;
  }
  return usage(code(command) + " knows no " + quoted(words.front()),
               allowed_hint(words.front(), command.choices), words.front());
}

}  // namespace

std::optional<Error> diagnose(const Scan& scan) {
  std::array<bool, option_count> seen{};
  for (const auto& word : scan.words) {
    if (!word.dashed) continue;
    bool repeated = false;
    if (word.option != nullptr) {
      auto& before = seen.at(static_cast<std::size_t>(word.option->id));
      repeated = before;
      before = true;
    }
    if (auto fault = option_fault(word, *scan.command, repeated)) return fault;
  }
  return word_fault(scan);
}

}  // namespace llmfit::cli
