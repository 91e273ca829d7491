// SPDX-License-Identifier: MIT
#include "launch/command.hpp"

#include <algorithm>

namespace llmfit::launch {
namespace {

/// Characters that no shell treats in a way of its own, wherever they stand in a word.
bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_./:,=+@%").find(c) != std::string_view::npos;
}

}  // namespace

std::string shell_quoted(std::string_view word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), is_harmless);
  if (plain) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string shell_text(const Command& command) {
  std::string text;
  for (const auto& word : command.words) {
    text += (text.empty() ? "" : " ") + shell_quoted(word);
  }
  for (const auto& argument : command.arguments) {
    text += " \\\n  " + argument.flag;
    if (argument.value) {
      text += " " + (argument.raw ? *argument.value : shell_quoted(*argument.value));
    }
  }
  return text;
}

std::string indented(std::string_view text, std::string_view before) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) result.append(before).append(text.substr(0, end));
    if (end < text.size()) result += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace llmfit::launch
