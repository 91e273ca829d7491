// SPDX-License-Identifier: MIT
// The house rules that a compiler does not check: how long things get.
#include <string>

#include "arch/source.hpp"
#include "base/text.hpp"
#include "catch.hpp"

namespace {

using arch::function_bodies;
using arch::root;
using arch::sources;

constexpr std::size_t most_columns = 100;
constexpr std::size_t most_lines = 350;
constexpr std::size_t most_lines_of_main = 40;
constexpr std::size_t most_lines_of_body = 60;

}  // namespace

TEST_CASE("files stay under 350 lines, main under 40, and begin with their licence", "[arch]") {
  for (const auto* folder : {"src", "include", "tests"}) {
    for (const auto& file : sources(root / folder)) {
      const auto text = arch::lines(file);
      INFO(file << " has " << text.size() << " lines");
      CHECK(text.size() <= most_lines);
      if (file.filename() == "main.cpp") CHECK(text.size() <= most_lines_of_main);
      REQUIRE_FALSE(text.empty());
      CHECK(text.front() == "// SPDX-License-Identifier: MIT");
    }
  }
}

// Text that is printed as it stands (R"(…)") is as wide as it is.
TEST_CASE("lines stay within 100 columns", "[arch]") {
  for (const auto* folder : {"src", "include", "tests"}) {
    for (const auto& file : sources(root / folder)) {
      std::size_t number = 0;
      const arch::Blanked code(arch::read(file), arch::Blank::raw_texts);
      for (auto line : arch::lines_of(code.text())) {
        ++number;
        line.erase(line.find_last_not_of(' ') + 1);
        if (llmfit::base::display_width(line) <= most_columns) continue;
        FAIL_CHECK(file.string() << ":" << number << " is wider");
      }
    }
  }
}

TEST_CASE("function bodies stay within 60 lines", "[arch]") {
  for (const auto& file : sources(root / "src")) {
    for (const auto& body : function_bodies(arch::read(file))) {
      if (body.length <= most_lines_of_body) continue;
      FAIL_CHECK(file.string() << ":" << body.first_line << " has " << body.length << " lines");
    }
  }
}

TEST_CASE("the scan sees bodies and nothing else", "[arch]") {
  const std::string text =
      "namespace a {\n\n\nconstexpr auto table = make({\n  1,\n  2,\n});\n"
      "// void no() {\n"
      "int f(char c) {\n  const auto* s = \"}\";\n  return c == '}' ? 1'000 : s[0];\n}\n"
      "struct S {\n  S(int x) : x_{x} {}\n\n\n  int x_;\n};\n}\n";
  std::size_t longest = 0;
  std::size_t line = 0;
  for (const auto& body : function_bodies(text)) {
    if (body.length > longest) line = body.first_line;
    longest = std::max(longest, body.length);
  }
  CHECK(longest == 2);
  CHECK(line == 9);
}
