// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/parse.hpp"

namespace llmfit::cli {

/// Options by name, as a file of checks or a command line gives them.
struct Given {
  std::optional<std::string> model;
  /// Absent: nothing is said. Empty: what holds elsewhere is taken back.
  std::array<std::optional<std::vector<std::string>>, option_count> values;

  [[nodiscard]] const std::optional<std::vector<std::string>>& of(Option option) const {
    return values[static_cast<std::size_t>(option)];
  }
};

/// One entry of the file.
struct Check {
  std::string name;     ///< empty: it has none
  std::string pointer;  ///< JSON pointer of the entry
  Given given;
};

struct ChecksFile {
  Given defaults;
  std::vector<Check> checks;  ///< at least one
};

/// `llmfit.checks/1`; `path` is for messages. Errors: invalid_file, with the JSON pointer.
Result<ChecksFile> read_checks(std::string_view text, const std::string& path);

/// "FILE: /checks/3/gpu".
std::string place_in(const std::string& path, std::string_view pointer);

/// The options of a command line that a check can have too.
Given given_by(const Arguments& arguments);

/// `upper` where it says something, `lower` elsewhere; settings flag by flag.
Given laid_over(const Given& lower, const Given& upper);

/// The command line of `check` that asks the same.
std::vector<std::string> command_line(const Given& given);

/// The key under which an option stands in the file: "kv_type".
std::string key_of(const OptionSpec& option);

}  // namespace llmfit::cli
