// SPDX-License-Identifier: MIT
// The examples of docs/ci.md: the YAML is read by a real parser, and what does not install or build
// is run against the program.
#include <sys/wait.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"

namespace fs = std::filesystem;

namespace {

const std::string source = LLMFIT_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The blocks of one language, in their order.
std::vector<std::string> blocks(const std::string& language) {
  const auto text = read(source + "/docs/ci.md");
  const auto opening = "```" + language + "\n";
  std::vector<std::string> found;
  for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    at += opening.size();
    found.push_back(text.substr(at, text.find("```\n", at) - at));
  }
  return found;
}

/// A checkout as the example assumes it, with the file of checks in it.
struct Checkout {
  fs::path path = fs::temp_directory_path() / ("llmfit-ci-" + std::to_string(::getpid()));
  Checkout() {
    fs::create_directories(path / "ci");
    fs::create_directories(path / "llmfit-build");
    fs::create_symlink(LLMFIT_PROGRAM, path / "llmfit-build" / "llmfit");
    std::ofstream(path / "ci" / "fits.json") << blocks("json").at(0);
  }
  ~Checkout() { fs::remove_all(path); }
};

int run_in(const Checkout& checkout, const std::string& line) {
  const auto command = "cd " + checkout.path.string() +
                       " && PATH=\"$PWD/llmfit-build:$PATH\" && (" + line + ") > /dev/null";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool asks_llmfit(const std::string& line) {
  return line.starts_with("llmfit ") || line.starts_with("llmfit-build/llmfit ");
}

std::vector<std::string> lines_of(const YAML::Node& node) {
  std::vector<std::string> lines;
  for (const auto& item : node) lines.push_back(item.as<std::string>());
  return lines;
}

/// Every line that builds names what is there.
void check_building(const std::vector<std::string>& lines) {
  const auto packages = read(source + "/scripts/try");
  bool configured = false;
  for (const auto& line : lines) {
    if (line.starts_with("llmfit-source/scripts/packages ")) {
      CHECK(packages.find(line.substr(std::string("llmfit-source/").size())) != std::string::npos);
    }
    configured = configured || line.find("cmake -S llmfit-source -B llmfit-build") == 0;
  }
  CHECK(configured);
}

}  // namespace

TEST_CASE("the GitHub example is a workflow whose checks hold", "[docs]") {
  const auto workflow = YAML::Load(blocks("yaml").at(0));
  std::vector<std::string> building;
  std::vector<std::string> asking;
  for (const auto& step : workflow["jobs"]["llmfit"]["steps"]) {
    CHECK((step["uses"].IsDefined() != step["run"].IsDefined()));
    if (!step["run"]) continue;
    for (const auto& line : llmfit::base::split(step["run"].as<std::string>(), '\n')) {
      (asks_llmfit(line) ? asking : building).push_back(line);
    }
  }
  check_building(building);
  const Checkout checkout;
  REQUIRE(asking.size() == 2);
  for (const auto& line : asking) {
    INFO(line);
    CHECK(run_in(checkout, line) == 0);
  }
  CHECK(fs::exists(checkout.path / "llmfit.xml"));
}

TEST_CASE("the GitLab example is a job whose checks hold", "[docs]") {
  const auto job = YAML::Load(blocks("yaml").at(1))["llmfit"];
  auto lines = lines_of(job["script"]);
  check_building(lines);
  for (const auto& line : lines_of(job["after_script"])) lines.push_back(line);
  const Checkout checkout;
  int asked = 0;
  for (const auto& line : lines) {
    if (!asks_llmfit(line)) continue;
    INFO(line);
    CHECK(run_in(checkout, line) == 0);
    ++asked;
  }
  CHECK(asked == 3);
  CHECK(fs::exists(checkout.path / job["artifacts"]["reports"]["junit"].as<std::string>()));
}

TEST_CASE("a check that no longer holds fails the example's job", "[docs]") {
  const Checkout checkout;
  auto text = read(checkout.path / "ci" / "fits.json");
  const auto at = text.find("\"l4\"");
  REQUIRE(at != std::string::npos);
  text.replace(at, 4, "\"m60\"");
  std::ofstream(checkout.path / "ci" / "fits.json") << text;
  CHECK(run_in(checkout, "llmfit check --file ci/fits.json --format github") == 1);
  text.replace(text.find("\"m60\""), 5, "\"m61\"");
  std::ofstream(checkout.path / "ci" / "fits.json") << text;
  CHECK(run_in(checkout, "llmfit check --file ci/fits.json 2>&1") == 2);
}
