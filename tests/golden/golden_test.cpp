// SPDX-License-Identifier: MIT
// What a person sees, to the letter. cases.txt lists the command lines; expected/ holds what each
// prints. After a wanted change: LLMFIT_APPROVE=1, then read the difference before you commit it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/cli.hpp"
#include "support/logs.hpp"

namespace fs = std::filesystem;
using namespace llmfit::test;

namespace {

const fs::path folder = fs::path(LLMFIT_SOURCE_DIR) / "tests" / "golden";

struct Case {
  std::string name;
  std::string settings;
  std::string line;
};

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Case> cases() {
  std::vector<Case> result;
  std::istringstream in(read(folder / "cases.txt"));
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto parts = llmfit::base::split(line, '|');
    REQUIRE(parts.size() == 3);
    result.push_back({parts[0], parts[1], parts[2]});
  }
  return result;
}

/// "80 utf8 colour" is a terminal 80 columns wide in which nobody switched colour off; no width is
/// a pipe; "machine=NAME" is one of tests/machines.
FakeEnvironment environment_of(const std::string& settings) {
  FakeEnvironment environment;
  environment.variables["SOURCE_DATE_EPOCH"] = "1790000000";
  environment.variables["TERM"] = "xterm";
  environment.files = retyped_logs();
  environment.files["logs/no_context.txt"] =
      "print_info: general.name     = Llama 3 8B\nprint_info: file type   = Q4_0\n"
      "load_tensors: CUDA0 model buffer size = 4155.99 MiB\n";
  environment.files["checks/fits.json"] =
      R"({"schema": "llmfit.checks/1", "defaults": {"context": 4096, "headroom": "5%"}, "checks": [
        {"name": "chat, small: T4", "model": "llama2-13b", "quant": "q4", "gpu": "t4"},
        {"name": "two cards", "model": "llama3-70b", "quant": "q4", "gpu": "rtx-3090x2",
         "set": {"ubatch-size": 256}, "max_usd_hour": 0.5},
        {"model": "llama2-13b", "quant": "fp16", "gpu": "t4"}]})";
  if (settings.find("colour") == std::string::npos) environment.variables["NO_COLOR"] = "1";
  for (const auto& word : llmfit::base::split(settings, ' ')) {
    constexpr std::string_view machine = "machine=";
    if (word.rfind(machine, 0) == 0) {
      environment.machine = recorded_machine(word.substr(machine.size()));
    }
    if (word == "utf8") environment.variables["LC_ALL"] = "C.UTF-8";
    if (!word.empty() && word.find_first_not_of("0123456789") == std::string::npos) {
      environment.terminal = true;
      environment.width = std::stoi(word);
    }
  }
  return environment;
}

std::string shown(const Case& one) {
  const auto ran = run_line(one.line, environment_of(one.settings));
  return "$ llmfit " + one.line + "\nexit code " + std::to_string(ran.code) + "\n--- stdout\n" +
         ran.out + "--- stderr\n" + ran.error;
}

}  // namespace

TEST_CASE("what is printed is what was approved", "[golden]") {
  const bool approve = std::getenv("LLMFIT_APPROVE") != nullptr;
  std::set<std::string> names;
  for (const auto& one : cases()) {
    INFO(one.name << ": llmfit " << one.line);
    CHECK(names.insert(one.name + ".txt").second);
    const auto file = folder / "expected" / (one.name + ".txt");
    const auto text = shown(one);
    if (approve) {
      fs::create_directories(file.parent_path());
      std::ofstream(file, std::ios::binary) << text;
    }
    CHECK(text == read(file));
  }
  for (const auto& entry : fs::directory_iterator(folder / "expected")) {
    INFO("no case for " << entry.path());
    CHECK(names.count(entry.path().filename().string()) == 1);
  }
}
