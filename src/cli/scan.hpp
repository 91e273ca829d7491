// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/spec.hpp"
#include "llmfit/result.hpp"

namespace llmfit::cli {

/// One argument as llmfit reads it: an option with its value, or a plain word. Views into argv.
struct Word {
  std::string_view text;               ///< the option's name as typed, or the plain word
  bool dashed = false;                 ///< looks like an option
  const OptionSpec* option = nullptr;  ///< null: a plain word, or no option of llmfit
  std::optional<std::string_view> value;
};

/// The command line in words, before anything is believed.
struct Scan {
  const CommandSpec* command = nullptr;  ///< never null
  std::vector<Word> words;               ///< without the command's name
  std::vector<std::string> arguments;    ///< the same, as typed, for the parser

  [[nodiscard]] bool has(Option option) const;
  [[nodiscard]] std::vector<std::string_view> plain() const;  ///< the words that are no options
};

Scan scan(std::span<const std::string> arguments);

/// Whether JSON was asked for, even where the rest of the command line makes no sense.
bool wants_json(const Scan& scan);

/// The first thing that is wrong, in the order typed, with what was probably meant.
std::optional<Error> diagnose(const Scan& scan);

}  // namespace llmfit::cli
