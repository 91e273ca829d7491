// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "cli/spec.hpp"
#include "cli/spec_answer.hpp"
#include "cli/spec_load.hpp"
#include "cli/spec_question.hpp"

namespace llmfit::cli {
namespace {

/// All options in the order of the enum.
constexpr auto option_table = [] {
  std::array<OptionSpec, question_options.size() + load_options.size() + answer_options.size()>
      all{};
  auto* end = std::copy(question_options.begin(), question_options.end(), all.begin());
  end = std::copy(load_options.begin(), load_options.end(), end);
  std::copy(answer_options.begin(), answer_options.end(), end);
  return all;
}();

constexpr bool in_order() {
  for (std::size_t i = 0; i < option_table.size(); ++i) {
    if (option_table[i].id != static_cast<Option>(i)) return false;
  }
  return option_table.size() == option_count;
}
static_assert(in_order(), "spec_of() indexes the table by the enum");

}  // namespace

std::string_view to_string(Complete kind) {
  switch (kind) {
    case Complete::models:
      return "models";
    case Complete::gpus:
      return "gpus";
    case Complete::offers:
      return "offers";
    case Complete::quants:
      return "quants";
    case Complete::providers:
      return "providers";
    case Complete::files:
      return "files";
    case Complete::nothing:
      break;
  }
  return {};
}

std::span<const OptionSpec> options() { return option_table; }

const OptionSpec& spec_of(Option option) { return option_table[static_cast<std::size_t>(option)]; }

const OptionSpec* find_option(std::string_view name) {
  if (name == "-h") name = "--help";
  const auto* const found =
      std::find_if(option_table.begin(), option_table.end(),
                   [&](const OptionSpec& option) { return option.name == name; });
  return found == option_table.end() ? nullptr : found;
}

bool is_choice(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find(' '), choices.size());
    if (choices.substr(0, end) == word) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

}  // namespace llmfit::cli
