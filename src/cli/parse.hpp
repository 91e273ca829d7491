// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cli/scan.hpp"
#include "cli/spec.hpp"
#include "llmfit/result.hpp"

namespace llmfit::cli {

/// A command line that makes sense as far as words go; values are still text.
struct Arguments {
  const CommandSpec* command = nullptr;  ///< never null
  std::vector<std::string> words;
  std::array<std::vector<std::string>, option_count> values;  ///< of each option, as typed

  [[nodiscard]] const std::vector<std::string>& all(Option option) const {
    return values[static_cast<std::size_t>(option)];
  }
  [[nodiscard]] bool has(Option option) const { return !all(option).empty(); }
  /// The value, or nothing when it is not given.
  [[nodiscard]] std::string_view value(Option option) const {
    return has(option) ? std::string_view(all(option).back()) : std::string_view();
  }
};

/// Errors: usage, invalid_value, unknown_engine.
Result<Arguments> parse(const Scan& scan);

}  // namespace llmfit::cli
