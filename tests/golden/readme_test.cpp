// SPDX-License-Identifier: MIT
// The README and the pages of docs/ show what the program prints: every `$ llmfit …` block is run
// again. LLMFIT_APPROVE=1 writes the blocks anew.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/cli.hpp"
#include "support/logs.hpp"

using namespace llmfit::test;

namespace {

const std::filesystem::path root = LLMFIT_SOURCE_DIR;
const std::string opening = "```console\n$ llmfit ";
const std::string closing = "```\n";

/// Every page that may show blocks.
std::vector<std::filesystem::path> pages() {
  std::vector<std::filesystem::path> found = {root / "README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::sort(found.begin() + 1, found.end());
  return found;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string printed(const std::string& line) {
  FakeEnvironment environment;
  environment.variables = {
      {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}, {"SOURCE_DATE_EPOCH", "1790000000"}};
  environment.terminal = true;
  environment.width = 144;
  for (const auto& [name, text] : retyped_logs()) environment.files["tests/" + name] = text;
  return run_line(line, environment).out;
}

/// The page with every block's output as the program prints it now.
std::string rewritten(const std::string& text, int& blocks) {
  std::string result;
  std::size_t at = 0;
  for (auto start = text.find(opening); start != std::string::npos;
       start = text.find(opening, at)) {
    const auto line_start = start + opening.size();
    const auto line_end = text.find('\n', line_start);
    const auto end = text.find(closing, line_end);
    REQUIRE(end != std::string::npos);
    result += text.substr(at, line_end + 1 - at);
    result += printed(text.substr(line_start, line_end - line_start));
    at = end;
    ++blocks;
  }
  return result + text.substr(at);
}

}  // namespace

TEST_CASE("output on the README and the pages of docs is the program's", "[readme]") {
  int blocks = 0;
  for (const auto& path : pages()) {
    INFO(path.filename().string());
    const auto now = rewritten(read(path), blocks);
    if (std::getenv("LLMFIT_APPROVE") != nullptr) std::ofstream(path, std::ios::binary) << now;
    CHECK(now == read(path));
  }
  CHECK(blocks >= 8);
}
