// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmfit::launch {

/// A flag with or without a value. A `raw` value is the shell's own text, such as "$ADDRESS".
struct Argument {
  std::string flag;
  std::optional<std::string> value;
  bool raw = false;
};

struct Command {
  std::vector<std::string> words;  ///< the program and what stands before its flags
  std::vector<Argument> arguments;

  void add(std::string_view flag) { arguments.push_back({std::string(flag), std::nullopt}); }
  void add(std::string_view flag, std::string value) {
    arguments.push_back({std::string(flag), std::move(value)});
  }
};

/// One word of a POSIX shell, quoted where it has to be.
std::string shell_quoted(std::string_view word);

/// For a shell: a flag a line, joined by backslashes, without a line break at its end. `raw` words
/// stay as they are.
std::string shell_text(const Command& command);

/// Text before each line of `text` that is not empty.
std::string indented(std::string_view text, std::string_view before);

}  // namespace llmfit::launch
