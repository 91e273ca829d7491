// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/cli.hpp"

/// Reads back what `--launch` prints.
namespace llmfit::test {

/// Words of shell text as a shell reads them: quotes, backslashes at line ends, comments.
inline std::vector<std::string> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  const auto end_word = [&] {
    if (in_word) words.push_back(std::exchange(word, {}));
    in_word = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == '\\' && i + 1 < text.size()) {
      if (text[++i] == '\n') continue;
      word += text[i];
      in_word = true;
    } else if (c == ' ' || c == '\n') {
      end_word();
    } else if (c == '#' && !in_word) {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else {
      word += c;
      in_word = true;
    }
  }
  end_word();
  return words;
}

/// The value after a flag; "(none)" where the flag is not there, "" for the last word.
inline std::string value_of(const std::vector<std::string>& words, std::string_view flag) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == flag) return i + 1 < words.size() ? words[i + 1] : "";
  }
  return "(none)";
}

inline bool has_flag(const std::vector<std::string>& words, std::string_view flag) {
  return value_of(words, flag) != "(none)";
}

/// Runs llmfit and expects a launch.
inline std::string launched(const std::string& line, const cli::Environment& environment) {
  const auto ran = run_line(line, environment);
  INFO(line << "\n" << ran.error);
  REQUIRE(ran.code == 0);
  return ran.out;
}
inline std::string launched(const std::string& line) { return launched(line, FakeEnvironment()); }

}  // namespace llmfit::test
