// SPDX-License-Identifier: MIT
#include "cli/scan.hpp"

#include <algorithm>
#include <cstddef>

namespace llmfit::cli {
namespace {

bool looks_like_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

/// A value may begin with one dash (a negative number), but not look like the next option.
bool can_be_value(std::string_view word) { return !word.starts_with("--") && word != "-h"; }

Word read_option(std::span<const std::string> arguments, std::size_t& at) {
  const std::string_view argument = arguments[at];
  const auto equals = argument.starts_with("--") ? argument.find('=') : std::string_view::npos;
  Word word;
  word.text = argument.substr(0, equals);
  word.dashed = true;
  word.option = find_option(word.text);
  if (equals != std::string_view::npos) {
    word.value = argument.substr(equals + 1);
  } else if (word.option != nullptr && !word.option->is_flag() && at + 1 < arguments.size() &&
             can_be_value(arguments[at + 1])) {
    word.value = arguments[++at];
  }
  return word;
}

}  // namespace

bool Scan::has(Option option) const {
  return std::any_of(words.begin(), words.end(), [&](const Word& word) {
    return word.option != nullptr && word.option->id == option;
  });
}

std::vector<std::string_view> Scan::plain() const {
  std::vector<std::string_view> result;
  for (const auto& word : words) {
    if (!word.dashed) result.push_back(word.text);
  }
  return result;
}

Scan scan(std::span<const std::string> arguments) {
  Scan result;
  result.command = &spec_of(Command::fit);
  bool command_possible = true;
  bool options_possible = true;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const std::size_t first = i;
    if (options_possible && argument == "--") {
      options_possible = command_possible = false;
    } else if (options_possible && looks_like_option(argument)) {
      result.words.push_back(read_option(arguments, i));
    } else {
      const auto* const command = command_possible ? find_command(argument) : nullptr;
      command_possible = false;
      if (command != nullptr) {
        result.command = command;
        continue;
      }
      Word word;
      word.text = argument;
      result.words.push_back(word);
    }
    result.arguments.insert(result.arguments.end(),
                            arguments.begin() + static_cast<std::ptrdiff_t>(first),
                            arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  return result;
}

bool wants_json(const Scan& scan) {
  return std::any_of(scan.words.begin(), scan.words.end(), [](const Word& word) {
    if (word.option == nullptr) return false;
    return word.option->id == Option::json ||
           (word.option->id == Option::format && word.value == "json");
  });
}

}  // namespace llmfit::cli
