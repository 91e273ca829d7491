// SPDX-License-Identifier: MIT
// The program as a process: exit codes, streams that fail, files that appear whole or not at all.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch.hpp"

namespace fs = std::filesystem;

namespace {

struct Ended {
  int code = -1;
  std::string output;
};

/// Runs a shell command with `llmfit` standing for the program.
Ended shell(std::string command) {
  const std::string word = "llmfit ";
  for (auto at = command.find(word); at != std::string::npos; at = command.find(word, at)) {
    command.replace(at, word.size(), std::string(LLMFIT_PROGRAM) + " ");
    at += std::string(LLMFIT_PROGRAM).size();
  }
  Ended ended;
  std::FILE* pipe = popen(("bash -c '" + command + "'").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    ended.output.append(buffer.data(), count);
  }
  const int status = pclose(pipe);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Folder {
  fs::path path = fs::temp_directory_path() / ("llmfit-test-" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("exit codes tell yes, no and could not answer apart", "[process]") {
  struct Row {
    std::string command;
    int code;
  };
  const auto row = GENERATE(
      Row{"llmfit --version", 0}, Row{"llmfit --help", 0}, Row{"llmfit ", 2},
      Row{"llmfit llama2-13b --quant q4", 0}, Row{"llmfit llama2-13b --quant fp32 --gpu t4x1", 1},
      Row{"llmfit check llama3-70b --quant q4 --gpu rtx-3090x2", 0},
      Row{"llmfit check llama3-70b --quant q4 --gpu t4x2", 1}, Row{"llmfit models llama2", 0},
      Row{"llmfit models nosuchmodel", 1}, Row{"llmfit nosuchmodel", 2}, Row{"llmfit --bogus", 2},
      Row{"llmfit llama2-13b --gpu nosuchcard", 2}, Row{"llmfit llama2-13b --context -1", 2},
      Row{"llmfit llama2-13b --context 99999999999999999999", 2},
      Row{"llmfit llama2-13b --sequences 0", 2}, Row{"llmfit llama2-13b --max-usd-hour nan", 2},
      Row{"llmfit catalog validate /nonexistent", 2}, Row{"llmfit schema bogus", 2},
      Row{"llmfit completion tcsh", 2}, Row{"llmfit help bogus", 2},
      Row{"llmfit llama2-13b --catalog /nonexistent", 2}, Row{"llmfit $(printf \"\\xff\\xfe\")", 2},
      Row{"llmfit \"\"", 2}, Row{"llmfit llama2-13b --gpu t4x0", 2},
      Row{"llmfit llama2-13b --gpu t4x99999999999", 2}, Row{"llmfit llama2-13b mistral-7b", 2});
  INFO(row.command);
  CHECK(shell(row.command + " >/dev/null 2>&1").code == row.code);
}

TEST_CASE("an error leaves standard output empty and is one line with its hint", "[process]") {
  CHECK(shell("llmfit lama2-13b 2>/dev/null").output.empty());
  const auto error = shell("llmfit lama2-13b 2>&1 >/dev/null").output;
  CHECK(error.find("llmfit: error: unknown model") == 0);
  CHECK(error.find("\n  hint: ") != std::string::npos);
}

TEST_CASE("a full disk is an error, a closed pipe is none", "[process]") {
  CHECK(shell("llmfit llama2-13b --quant q4 >/dev/full 2>/dev/null").code == 2);
  CHECK(shell("llmfit llama2-13b --quant q4 2>&1 >/dev/full").output.find("No space left") !=
        std::string::npos);
  CHECK(shell("llmfit llama2-13b --quant q4 --output /dev/full 2>/dev/null").code == 2);
  const auto closed =
      shell("llmfit llama2-13b --quant all --all --limit 0 | head -n 1; exit ${PIPESTATUS[0]}");
  CHECK(closed.code == 0);
  const auto quiet = shell("llmfit offers 2>&1 >&- | cat");
  CHECK(quiet.output.find("Aborted") == std::string::npos);
}

TEST_CASE("--output writes the file whole or not at all", "[process]") {
  const Folder folder;
  const auto file = folder.path / "report.json";
  CHECK(shell("llmfit llama2-13b --quant q4 --json --output " + file.string()).code == 0);
  CHECK(read(file) == shell("llmfit llama2-13b --quant q4 --json").output);
  CHECK(shell("llmfit nosuchmodel --output " + (folder.path / "none").string() + " 2>/dev/null")
            .code == 2);
  CHECK_FALSE(fs::exists(folder.path / "none"));
  CHECK(shell("llmfit llama2-13b --output " + (folder.path / "no" / "where").string() +
              " 2>/dev/null")
            .code == 2);
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator{}) == 1);
}

TEST_CASE("an exported catalog is valid and as an overlay changes nothing", "[process]") {
  const Folder folder;
  const auto file = (folder.path / "catalog.json").string();
  REQUIRE(shell("llmfit catalog export --output " + file).code == 0);
  CHECK(shell("llmfit catalog validate " + file + " >/dev/null").code == 0);
  const auto again = shell("llmfit catalog export --catalog " + file + " | cmp - " + file);
  CHECK(again.code == 0);
}

TEST_CASE("the same question prints the same bytes", "[process]") {
  const std::string question = "SOURCE_DATE_EPOCH=1790000000 llmfit llama2-13b --json";
  CHECK(shell(question).output == shell(question).output);
}

TEST_CASE("a shell reads every command that --launch prints", "[process]") {
  const auto* const question = GENERATE(
      "llama2-13b --quant q4 --gpu rtx-3090x1 --launch llama-server",
      "llama3-8b --engine ollama --quant q4_0 --gpu rtx-3090x1 --launch ollama",
      "llama3-70b --engine vllm --quant awq --gpu a100-40gb-sxmx2 --launch vllm",
      "llama3-8b --engine vllm --quant fp8 --gpu l4x1 --draft llama3.2-1b --launch vllm",
      "llama3.1-405b --engine vllm --quant bf16 --gpu h100-sxmx16 --max-gpus 16 --launch ray");
  INFO(question);
  const auto read =
      shell(std::string("set -o pipefail; llmfit ") + question + " | bash -n && echo fine");
  CHECK(read.code == 0);
  CHECK(read.output == "fine\n");
}
