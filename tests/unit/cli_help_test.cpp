// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "llmfit/fit.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

namespace {

std::string escaped_for_roff(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '-' ? std::string("\\-") : std::string(1, c);
  return result;
}

}  // namespace

TEST_CASE("every option stands in the help of its commands and nowhere else", "[cli]") {
  for (const auto& command : commands()) {
    if (command.hidden) continue;
    const auto text = help_text(command.id);
    for (const auto& option : options()) {
      INFO(command.name << " " << option.name);
      const bool shown = contains(text, "\n  " + std::string(option.name));
      CHECK(shown == option.applies_to(command.id));
    }
  }
}

TEST_CASE("the default ladder in the help is the one that is tried", "[cli]") {
  std::string ladder;
  for (const auto word : default_ladder()) ladder.append(ladder.empty() ? "" : ",").append(word);
  CHECK(describe(spec_of(Option::quant)).ends_with("(default: " + ladder + ")"));
}

TEST_CASE("every option and command stands in the manual and in each completion script", "[cli]") {
  const auto manual = man_page("1.2.3");
  const auto bash = bash_completion();
  const auto zsh = zsh_completion();
  const auto fish = fish_completion();
  for (const auto& option : options()) {
    INFO(option.name);
    CHECK(contains(manual, "\\fB" + escaped_for_roff(option.name) + "\\fR"));
    CHECK(contains(bash, std::string(option.name) + " "));
    CHECK(contains(zsh, std::string(option.name) + (option.is_flag() ? "[" : "=[")));
    CHECK(contains(fish, " -l " + std::string(option.name.substr(2)) + " "));
  }
  for (const auto& command : commands()) {
    if (command.hidden || command.name.empty()) continue;
    INFO(command.name);
    CHECK(contains(manual, "llmfit " + std::string(command.name)));
    for (const auto* script : {&bash, &zsh, &fish}) {
      CHECK(contains(*script, std::string(command.name)));
      CHECK_FALSE(contains(*script, "__complete models|"));
    }
  }
}

TEST_CASE("help is ASCII and keeps to its width", "[cli]") {
  const int width = GENERATE(60, 80, 100);
  for (const auto& command : commands()) {
    for (const auto& line : base::split(help_text(command.id, width), '\n')) {
      INFO(line);
      CHECK(line.size() <= static_cast<std::size_t>(width));
      for (const char c : line) CHECK(static_cast<unsigned char>(c) < 0x80);
    }
  }
  for (const auto& line : base::split(short_help(), '\n')) CHECK(line.size() <= 80);
}

TEST_CASE("each row of the option table says what it does", "[cli]") {
  for (const auto& option : options()) {
    INFO(option.name);
    CHECK(option.name.starts_with("--"));
    CHECK_FALSE(option.help.empty());
    CHECK_FALSE(option.group.empty());
    CHECK(option.commands != 0);
    CHECK(find_option(option.name) == &option);
    if (option.is_flag()) CHECK(option.choices.empty());
    for (const auto& word : base::split(option.choices, ' ')) {
      if (!option.choices.empty()) CHECK(is_choice(option.choices, word));
    }
  }
  CHECK(find_option("-h") == &spec_of(Option::help));
  CHECK(find_option("gpu") == nullptr);
  CHECK(find_command("") == nullptr);
}
