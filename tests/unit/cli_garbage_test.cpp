// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>

#include "cli/spec.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::cli;
using namespace llmfit::test;

namespace {

constexpr std::array<std::string_view, 36> garbage = {"-1",
                                                      "0",
                                                      "1e309",
                                                      "nan",
                                                      "-",
                                                      "--",
                                                      "=",
                                                      "=x",
                                                      ",",
                                                      ",,",
                                                      "x",
                                                      "x1",
                                                      "cpux1",
                                                      "t4x",
                                                      "t4x0",
                                                      "t4x1,a10",
                                                      "llama2-13b",
                                                      "gpt-4",
                                                      "13b",
                                                      "9e99",
                                                      "8k",
                                                      "q4",
                                                      "q4,q99",
                                                      "all",
                                                      "\xff\xfe",
                                                      "\x1b[2J",
                                                      "a=b",
                                                      "=",
                                                      "\n",
                                                      "9223372036854775807",
                                                      "99999999999999999999",
                                                      "local",
                                                      "/dev/null",
                                                      "../x",
                                                      "f16",
                                                      "json"};

/// The same row of numbers on every machine.
class Numbers {
 public:
  std::size_t below(std::size_t limit) {
    state_ = state_ * 1664525U + 1013904223U;
    return (state_ >> 8U) % limit;
  }

 private:
  std::uint32_t state_ = 7;
};

std::vector<std::string> garbage_line(Numbers& numbers) {
  std::vector<std::string> line = {numbers.below(2) == 0 ? "llama2-13b" : "check"};
  if (numbers.below(4) == 0)
    line = {std::string(commands()[numbers.below(commands().size())].name)};
  const auto length = numbers.below(4);
  for (std::size_t i = 0; i < length; ++i) {
    if (numbers.below(5) > 0) {
      line.emplace_back(options()[numbers.below(options().size())].name);
    }
    line.emplace_back(garbage[numbers.below(garbage.size())]);
  }
  return line;
}

}  // namespace

TEST_CASE("garbage in any argument is an answer or an error, never a bug", "[cli]") {
  Numbers numbers;
  std::array<int, 3> codes{};
  for (int round = 0; round < 600; ++round) {
    const auto line = garbage_line(numbers);
    std::string shown;
    for (const auto& word : line) shown += "[" + base::printable(word) + "]";
    INFO(shown);
    FakeStreams streams;
    const int code = run(line, FakeEnvironment(), streams);
    REQUIRE((code == 0 || code == 1 || code == 2));
    ++codes.at(static_cast<std::size_t>(code));
    CHECK(streams.error.empty() == (code != 2));
    if (code == 2) CHECK(streams.out.empty());
    CHECK_FALSE(contains(streams.error, "\x1b"));
  }
  CHECK(codes[0] > 20);
  CHECK(codes[2] > 200);
}
