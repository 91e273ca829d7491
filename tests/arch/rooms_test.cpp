// SPDX-License-Identifier: MIT
// The house rules that a compiler does not check: who may include whom.
#include <map>
#include <set>
#include <string>

#include "arch/source.hpp"
#include "catch.hpp"

namespace {

using arch::includes;
using arch::root;

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
    {"logs", {"base", "catalog", "model", "sizing", "placement"}},
    {"launch", {"base", "catalog", "model", "sizing", "placement", "speed", "cost", "search"}},
    {"probe", {"base", "catalog", "model"}},
    {"render",
     {"base", "catalog", "model", "sizing", "placement", "speed", "cost", "search", "logs",
      "launch", "probe"}},
    {"cli",
     {"base", "catalog", "model", "sizing", "placement", "speed", "cost", "search", "logs",
      "launch", "probe", "render"}},
};

/// How far below the others a room is; catalog and model stand side by side, and so do search and
/// logs. Launch writes down what a search found.
const std::map<std::string, int> level = {
    {"base", 0},  {"catalog", 1}, {"model", 1},  {"sizing", 2}, {"placement", 3},
    {"speed", 4}, {"cost", 5},    {"search", 6}, {"logs", 6},   {"launch", 7},
    {"probe", 2}, {"render", 8},  {"cli", 9}};

/// The room that each public header speaks for.
const std::map<std::string, std::string> public_headers = {
    {"units.hpp", "base"},          {"result.hpp", "base"},         {"engine.hpp", "base"},
    {"model.hpp", "model"},         {"format.hpp", "model"},        {"catalog.hpp", "catalog"},
    {"build_model.hpp", "model"},   {"read_model.hpp", "model"},    {"file_size.hpp", "sizing"},
    {"add_ons.hpp", "sizing"},      {"sizing.hpp", "sizing"},       {"workload.hpp", "sizing"},
    {"placement.hpp", "placement"}, {"vllm_plan.hpp", "placement"}, {"notes.hpp", "search"},
    {"notes.def", "search"},        {"fit.hpp", "search"},          {"verify.hpp", "logs"},
    {"rank.hpp", "search"},         {"sweep.hpp", "search"},        {"launch.hpp", "launch"},
    {"support.hpp", "base"},        {"machine.hpp", "probe"},       {"speed_record.hpp", "catalog"},
    {"speed.hpp", "speed"},         {"load.hpp", "speed"},          {"speed_terms.hpp", "speed"},
    {"factors.hpp", "catalog"},     {"owning.hpp", "cost"},         {"api_price.hpp", "catalog"},
    {"batch.hpp", "speed"},         {"frontier.hpp", "search"}};

/// Rooms without streams, files, environment, clock, JSON, CLI11 or fmt.
const std::set<std::string> pure = {"sizing", "placement", "speed",  "cost",
                                    "search", "logs",      "launch", "probe"};
const std::set<std::string> impure_headers = {
    "iostream", "fstream", "ostream", "istream",  "sstream", "cstdio", "filesystem",
    "chrono",   "ctime",   "cstdlib", "nlohmann", "CLI",     "fmt",    "unistd.h"};

std::string first_part(const std::string& header) { return header.substr(0, header.find('/')); }
std::string file_part(const std::string& header) { return header.substr(header.rfind('/') + 1); }

/// The offers' filter and what a set costs are parts of the question and of the answer.
bool is_excepted(const std::string& room, const std::string& header) {
  return room == "cost" && header == "fit.hpp";
}

}  // namespace

TEST_CASE("a room includes only itself and the rooms above it", "[arch]") {
  for (const auto& include : includes(root / "src")) {
    const auto target = first_part(include.header);
    if (allowed.count(target) == 0 || target == include.folder) continue;
    INFO(include.file << " includes " << include.header);
    REQUIRE(allowed.count(include.folder) == 1);
    CHECK(allowed.at(include.folder).count(target) == 1);
  }
}

TEST_CASE("a room includes only the public headers of itself and the rooms above it", "[arch]") {
  for (const auto& include : includes(root / "src")) {
    if (first_part(include.header) != "llmfit") continue;
    const auto header = file_part(include.header);
    INFO(include.file << " includes " << include.header);
    REQUIRE(public_headers.count(header) == 1);
    if (is_excepted(include.folder, header)) continue;
    CHECK(level.at(public_headers.at(header)) <= level.at(include.folder));
  }
}

TEST_CASE("a public header includes only those of its room and the rooms above it", "[arch]") {
  for (const auto& include : includes(root / "include" / "llmfit")) {
    if (first_part(include.header) != "llmfit") continue;
    INFO(include.file << " includes " << include.header);
    REQUIRE(public_headers.count(include.file) == 1);
    const auto target = public_headers.at(file_part(include.header));
    CHECK(level.at(target) <= level.at(public_headers.at(include.file)));
  }
}

TEST_CASE("pure rooms see no stream, file, environment, clock or JSON", "[arch]") {
  for (const auto& include : includes(root / "src")) {
    if (pure.count(include.folder) == 0) continue;
    INFO(include.file << " includes " << include.header);
    CHECK(impure_headers.count(first_part(include.header)) == 0);
  }
}

TEST_CASE("nlohmann stays in the catalog's JSON reads and render's JSON writers", "[arch]") {
  for (const auto& include : includes(root / "src")) {
    if (first_part(include.header) != "nlohmann") continue;
    INFO(include.file);
    const bool in_catalog = include.folder == "catalog";
    const bool in_json_writer = include.file.rfind("render/json", 0) == 0;
    CHECK((in_catalog || in_json_writer));
  }
}

TEST_CASE("CLI11 is included in one file", "[arch]") {
  std::set<std::string> files;
  for (const auto& include : includes(root / "src")) {
    if (first_part(include.header) == "CLI") files.insert(include.file);
  }
  CHECK(files.size() == 1);
}

TEST_CASE("public headers include only std, tl::expected and each other", "[arch]") {
  for (const auto& include : includes(root / "include")) {
    INFO(include.file << ": " << include.header);
    const bool standard = include.header.find('/') == std::string::npos;
    const auto maker = first_part(include.header);
    CHECK((standard || maker == "llmfit" || include.header == "tl/expected.hpp"));
  }
}
