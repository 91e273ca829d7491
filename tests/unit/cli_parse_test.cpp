// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>

#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

TEST_CASE("words and options are read in any order", "[cli]") {
  for (const auto* line : {"llama2-13b --quant q4,q8 --gpu t4x2 --gpu=a10 --set a=b=c --json",
                           "--json --gpu t4x2 --set=a=b=c llama2-13b --gpu a10 --quant=q4,q8"}) {
    INFO(line);
    const auto arguments = arguments_of(line);
    CHECK(arguments.command->id == Command::fit);
    CHECK(arguments.words == std::vector<std::string>{"llama2-13b"});
    CHECK(arguments.value(Option::quant) == "q4,q8");
    CHECK(arguments.all(Option::gpu) == std::vector<std::string>{"t4x2", "a10"});
    CHECK(arguments.all(Option::set) == std::vector<std::string>{"a=b=c"});
    CHECK(arguments.has(Option::json));
    CHECK_FALSE(arguments.has(Option::all));
  }
}

TEST_CASE("the first plain word names the command, wherever it stands", "[cli]") {
  struct Row {
    std::string line;
    Command command;
    std::vector<std::string> words;
  };
  const auto row = GENERATE(
      Row{"check llama2-13b", Command::check, {"llama2-13b"}},
      Row{"--json models llama 13b", Command::models, {"llama", "13b"}},
      Row{"--catalog gpus offers", Command::offers, {}},
      Row{"llama2-13b", Command::fit, {"llama2-13b"}}, Row{"-- check", Command::fit, {"check"}},
      Row{"models -- --json [a] -h", Command::models, {"--json", "[a]", "-h"}},
      Row{"catalog validate a.json b.json", Command::catalog, {"validate", "a.json", "b.json"}},
      Row{"models check", Command::models, {"check"}});
  INFO(row.line);
  const auto arguments = arguments_of(row.line);
  CHECK(arguments.command->id == row.command);
  CHECK(arguments.words == row.words);
}

TEST_CASE("what is wrong is said with what was probably meant", "[cli]") {
  struct Row {
    std::string line;
    ErrorCode code;
    std::string message;
    std::string hint;
  };
  const auto row = GENERATE(
      Row{"m --qant q4", ErrorCode::usage, "unknown option '--qant'", "did you mean '--quant'?"},
      Row{"m -gpu t4", ErrorCode::usage, "unknown option '-gpu'", "did you mean '--gpu'?"},
      Row{"m --zzzzzz", ErrorCode::usage, "unknown option '--zzzzzz'", "`llmfit --help`"},
      Row{"--hlep", ErrorCode::usage, "unknown option '--hlep'", "did you mean '--help'?"},
      Row{"check m --sort fewest", ErrorCode::usage,
          "option '--sort' does not apply to `llmfit check`", "it belongs to `llmfit`"},
      Row{"m --gpu", ErrorCode::usage, "option '--gpu' needs a value: ID[xN]", "`llmfit --help`"},
      Row{"m --gpu= t4", ErrorCode::usage, "option '--gpu' needs a value: ID[xN]", ""},
      Row{"m --quant --json", ErrorCode::usage, "option '--quant' needs a value: Q[,Q...]", ""},
      Row{"m --json=yes", ErrorCode::usage, "option '--json' takes no value", "'=yes'"},
      Row{"m --context 1 --context 2", ErrorCode::usage,
          "option '--context' is given more than once", "keep one"},
      Row{"m --sort fast", ErrorCode::invalid_value, "'fast' is no value of --sort",
          "did you mean 'fastest'? allowed: cheapest, fewest, fastest, headroom"},
      Row{"m --engine vlm", ErrorCode::unknown_engine, "unknown engine 'vlm'",
          "did you mean 'vllm'?"},
      Row{"chek m --quant q4", ErrorCode::usage, "unknown command 'chek'", "did you mean 'check'?"},
      Row{"llama2 13b", ErrorCode::usage, "unexpected word '13b'", "'llama2 13b'"},
      Row{"completion", ErrorCode::usage, "`llmfit completion` needs bash|zsh|fish", "--help"},
      Row{"completion bsh", ErrorCode::usage, "`llmfit completion` knows no 'bsh'",
          "did you mean 'bash' or 'zsh'?"},
      Row{"help exit-code", ErrorCode::usage, "`llmfit help` knows no 'exit-code'",
          "did you mean 'exit-codes'?"},
      Row{"doctor now", ErrorCode::usage, "unexpected word 'now'", "`llmfit doctor --help`"});
  INFO(row.line);
  const auto words = typed(row.line);
  const auto arguments = parse(scan(words));
  REQUIRE_FALSE(arguments.has_value());
  CHECK(arguments.error().code == row.code);
  CHECK(arguments.error().message == row.message);
  CHECK(contains(arguments.error().hint, row.hint));
}

TEST_CASE("whatever the diagnosis lets pass, the parser takes", "[cli]") {
  constexpr std::array<std::string_view, 22> pool = {
      "m",     "check", "models",  "--json", "--gpu",   "t4x2", "--gpu=", "--set",
      "[a,b]", "a=b",   "--",      "-",      "--limit", "-5",   "--sort", "--sort=fewest",
      "--all", "=",     "--quant", "",       "-q",      "--=x"};
  std::uint32_t state = 1;
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> words;
    for (int i = 0; i < 1 + round % 5; ++i) {
      state = state * 1664525U + 1013904223U;
      words.emplace_back(pool[(state >> 8U) % pool.size()]);
    }
    const auto result = scan(words);
    const auto arguments = parse(result);
    std::string line;
    for (const auto& word : words) line += "[" + word + "]";
    INFO(line);
    REQUIRE(arguments.has_value() == !diagnose(result).has_value());
    if (!arguments) continue;
    ++accepted;
    const auto plain = result.plain();
    CHECK(arguments->words == std::vector<std::string>(plain.begin(), plain.end()));
  }
  CHECK(accepted > 100);
}

TEST_CASE("JSON errors are asked for even where the rest makes no sense", "[cli]") {
  struct Row {
    std::string line;
    bool json;
  };
  const auto row = GENERATE(Row{"--bogus --json", true}, Row{"m --format json x y", true},
                            Row{"m --format=json --gpu", true}, Row{"m --format csv", false},
                            Row{"json", false}, Row{"m -- --json", false});
  INFO(row.line);
  const auto words = typed(row.line);
  CHECK(wants_json(scan(words)) == row.json);
}
