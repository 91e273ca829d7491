// SPDX-License-Identifier: MIT
// The house rules that a compiler does not check: who may include whom, and how long things get.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"

namespace fs = std::filesystem;

namespace {

const fs::path root = LLMFIT_SOURCE_DIR;

/// Which rooms each room may include besides itself.
const std::map<std::string, std::set<std::string>> allowed = {
    {"base", {}},
    {"catalog", {"base", "model"}},
    {"model", {"base"}},
    {"sizing", {"base", "catalog", "model"}},
    {"placement", {"base", "catalog", "model", "sizing"}},
    {"speed", {"base", "catalog", "model", "sizing", "placement"}},
    {"cost", {"base", "catalog", "model", "sizing", "placement", "speed"}},
    {"search", {"base", "catalog", "model", "sizing", "placement", "speed", "cost"}},
    {"render", {"base", "catalog", "model", "sizing", "placement", "speed", "cost", "search"}},
    {"cli", {"base", "catalog", "model", "sizing", "placement", "speed", "cost", "search", "render"}},
};

/// Rooms without streams, files, environment, clock, JSON, CLI11 or fmt.
const std::set<std::string> pure = {"sizing", "placement", "speed", "cost", "search"};
const std::set<std::string> impure_headers = {
    "iostream", "fstream", "ostream", "istream", "sstream", "cstdio", "filesystem", "chrono",
    "ctime",    "cstdlib", "nlohmann", "CLI",    "fmt",     "unistd.h"};

struct Include {
  std::string file;
  std::string room;
  std::string header;
};

std::vector<fs::path> sources(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".cpp" || extension == ".hpp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> lines(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> result;
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

std::vector<Include> includes() {
  static const std::regex pattern("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
  std::vector<Include> found;
  for (const auto& file : sources(root / "src")) {
    const auto relative = fs::relative(file, root / "src");
    for (const auto& line : lines(file)) {
      std::smatch match;
      if (std::regex_search(line, match, pattern)) {
        found.push_back({relative.string(), relative.begin()->string(), match[1]});
      }
    }
  }
  return found;
}

std::string first_part(const std::string& header) { return header.substr(0, header.find('/')); }

}  // namespace

TEST_CASE("a room includes only itself and the rooms above it", "[arch]") {
  for (const auto& include : includes()) {
    const auto target = first_part(include.header);
    if (allowed.count(target) == 0 || target == include.room) continue;
    INFO(include.file << " includes " << include.header);
    REQUIRE(allowed.count(include.room) == 1);
    CHECK(allowed.at(include.room).count(target) == 1);
  }
}

TEST_CASE("pure rooms see no stream, file, environment, clock or JSON", "[arch]") {
  for (const auto& include : includes()) {
    if (pure.count(include.room) == 0) continue;
    INFO(include.file << " includes " << include.header);
    CHECK(impure_headers.count(first_part(include.header)) == 0);
  }
}

TEST_CASE("nlohmann stays in the catalog's JSON reads and render's JSON writers", "[arch]") {
  for (const auto& include : includes()) {
    if (first_part(include.header) != "nlohmann") continue;
    INFO(include.file);
    const bool in_catalog = include.room == "catalog";
    const bool in_json_writer = include.file.rfind("render/json", 0) == 0;
    CHECK((in_catalog || in_json_writer));
  }
}

TEST_CASE("CLI11 is included in one file", "[arch]") {
  std::set<std::string> files;
  for (const auto& include : includes()) {
    if (first_part(include.header) == "CLI") files.insert(include.file);
  }
  CHECK(files.size() == 1);
}

TEST_CASE("public headers include only std, tl::expected and each other", "[arch]") {
  static const std::regex pattern("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
  for (const auto& file : sources(root / "include")) {
    for (const auto& line : lines(file)) {
      std::smatch match;
      if (!std::regex_search(line, match, pattern)) continue;
      INFO(file << ": " << line);
      const auto header = match[1].str();
      const bool standard = header.find('/') == std::string::npos;
      CHECK((standard || first_part(header) == "llmfit" || header == "tl/expected.hpp"));
    }
  }
}

TEST_CASE("files stay under 350 lines, main under 40, lines within 100 columns", "[arch]") {
  for (const auto* folder : {"src", "include", "tests"}) {
    for (const auto& file : sources(root / folder)) {
      const auto text = lines(file);
      INFO(file << " has " << text.size() << " lines");
      CHECK(text.size() <= 350);
      if (file.filename() == "main.cpp") CHECK(text.size() <= 40);
      REQUIRE_FALSE(text.empty());
      CHECK(text.front() == "// SPDX-License-Identifier: MIT");
    }
  }
}
