// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "launch/command.hpp"

namespace llmfit::launch {

/// A YAML text, key by key. Values that come from names and files are written with `text`, which
/// quotes them; `word` is for words and numbers of our own.
class Yaml {
 public:
  void comment(std::string_view line);  ///< "# line"
  void document();                      ///< what follows is a document of its own
  void open(std::string_view key);      ///< a mapping or a list under `key`
  void open_item();                     ///< a mapping as the next entry of a list
  void close();
  void text(std::string_view key, std::string_view value);
  void word(std::string_view key, std::string_view value);
  void block(std::string_view key, std::string_view lines);  ///< text of several lines
  void item(std::string_view value);                         ///< a text in a list
  /// The command's words and flags as a list, a flag with its value a line. Kubernetes replaces
  /// `$(NAME)` in it, so only `raw` values keep such words.
  void arguments(std::string_view key, const Command& command);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void line(std::string_view content);

  std::string out_;
  std::size_t depth_ = 0;
  bool first_of_item_ = false;
  std::vector<std::size_t> levels_;
};

/// A double-quoted scalar.
std::string yaml_quoted(std::string_view value);

}  // namespace llmfit::launch
