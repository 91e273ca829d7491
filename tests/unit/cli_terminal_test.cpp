// SPDX-License-Identifier: MIT
#include "cli/terminal.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

TEST_CASE("colour: the option, then the environment, then whether it is a terminal", "[cli]") {
  struct Row {
    std::string color;
    std::map<std::string, std::string> variables;
    bool terminal;
    bool on;
    std::string reason;
  };
  const auto row =
      GENERATE(Row{"", {}, true, true, "a terminal"}, Row{"", {}, false, false, "not a terminal"},
               Row{"auto", {}, true, true, "a terminal"},
               Row{"always", {{"NO_COLOR", "1"}}, false, true, "--color always"},
               Row{"never", {}, true, false, "--color never"},
               Row{"", {{"NO_COLOR", "1"}}, true, false, "NO_COLOR is set"},
               Row{"", {{"TERM", "dumb"}}, true, false, "TERM is dumb"});
  FakeEnvironment environment;
  environment.variables = row.variables;
  environment.terminal = row.terminal;
  const auto choice = choose_terminal(row.color, false, environment);
  CHECK(choice.terminal.colour == row.on);
  CHECK(choice.colour_reason == row.reason);
}

TEST_CASE("width is the terminal's; a pipe or a file has none", "[cli]") {
  struct Row {
    bool terminal;
    bool to_file;
    std::optional<int> columns;
    std::string variable;
    std::optional<int> width;
  };
  const auto row = GENERATE(Row{true, false, 120, "", 120}, Row{true, false, 120, "60", 120},
                            Row{true, false, std::nullopt, "60", 60},
                            Row{true, false, std::nullopt, "wide", std::nullopt},
                            Row{true, false, std::nullopt, "-3", std::nullopt},
                            Row{false, false, std::nullopt, "60", std::nullopt},
                            Row{true, true, 120, "60", std::nullopt});
  FakeEnvironment environment;
  environment.terminal = row.terminal;
  environment.width = row.columns;
  environment.variables["COLUMNS"] = row.variable;
  const auto choice = choose_terminal("", row.to_file, environment);
  CHECK(choice.terminal.width == row.width);
  if (row.to_file) CHECK_FALSE(choice.terminal.colour);
}

TEST_CASE("the first locale variable that is set decides between UTF-8 and ASCII", "[cli]") {
  struct Row {
    std::map<std::string, std::string> variables;
    bool unicode;
  };
  const auto row = GENERATE(Row{{}, false}, Row{{{"LANG", "en_US.UTF-8"}}, true},
                            Row{{{"LANG", "C.utf8"}}, true}, Row{{{"LANG", "C"}}, false},
                            Row{{{"LC_ALL", "C"}, {"LANG", "en_US.UTF-8"}}, false},
                            Row{{{"LC_CTYPE", "de_DE.UTF-8"}, {"LANG", "C"}}, true},
                            Row{{{"LC_ALL", ""}, {"LANG", "en_US.UTF-8"}}, true});
  FakeEnvironment environment;
  environment.variables = row.variables;
  CHECK(choose_terminal("", false, environment).terminal.unicode == row.unicode);
}
