// SPDX-License-Identifier: MIT
#include "cli/parse.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

namespace llmfit::cli {
namespace {

/// Options are registered only where they occur: each costs some ten thousand instructions.
void add_options(CLI::App& app, const Scan& scan, Arguments& arguments) {
  for (const auto& spec : options()) {
    if (!scan.has(spec.id)) continue;
    auto& values = arguments.values[static_cast<std::size_t>(spec.id)];
    const auto keep = [&values](const CLI::results_t& results) {
      values = results;
      return true;
    };
    auto* const option = app.add_option(std::string(spec.name), CLI::callback_t(keep));
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    option->type_size(spec.is_flag() ? 0 : 1)->expected(spec.is_flag() ? 0 : 1);
    option->allow_extra_args(false);
  }
}

void add_words(CLI::App& app, const Scan& scan, Arguments& arguments) {
  const auto count = static_cast<int>(scan.plain().size());
  if (count == 0) return;
  const auto keep = [&arguments](const CLI::results_t& results) {
    arguments.words = results;
    return true;
  };
  app.add_option("words", CLI::callback_t(keep))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->expected(count)
      ->allow_extra_args(false);
}

Result<Arguments> parse_words(const Scan& scan) {
  Arguments arguments;
  arguments.command = scan.command;
  CLI::App app;
  app.set_help_flag();
  add_options(app, scan, arguments);
  add_words(app, scan, arguments);
  // CLI11 wants its vector in reverse and takes it apart.
  std::vector<std::string> reversed(scan.arguments.rbegin(), scan.arguments.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::Error& error) {
    return fail(ErrorCode::usage, error.what(), "`llmfit --help` shows what it takes");
  }
  return arguments;
}

}  // namespace

Result<Arguments> parse(const Scan& scan) {
  // CLI11 forgives what llmfit does not ("--gpu= x", "--quant --json", "++"), so this comes first.
  if (auto fault = diagnose(scan)) return tl::unexpected<Error>(std::move(*fault));
  return parse_words(scan);
}

}  // namespace llmfit::cli
