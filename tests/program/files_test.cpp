// SPDX-License-Identifier: MIT
// The program on files of models: real ones on disk, however large, damaged or odd.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "support/gguf_writer.hpp"

namespace fs = std::filesystem;
using namespace llmfit::test;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("llmfit-files-" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path / name, std::ios::binary) << bytes;
  }
};

/// Exit code of the program with these arguments, within the folder.
int run(const Folder& folder, const std::string& arguments) {
  const auto command =
      "cd " + folder.path.string() + " && " LLMFIT_PROGRAM " " + arguments + " >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a sparse file of 50 GB answers at once", "[process]") {
  const Folder folder;
  folder.write("model.gguf", small_llama().file());
  fs::resize_file(folder.path / "model.gguf", std::uintmax_t{50} << 30U);
  const auto start = std::chrono::steady_clock::now();
  CHECK(run(folder, "model.gguf --gpu rtx-3090") == 0);
  CHECK(run(folder, "check ./model.gguf --quant q8_0 --gpu rtx-3090") == 0);
  const auto seconds = std::chrono::steady_clock::now() - start;
  CHECK(seconds < std::chrono::seconds(5));
}

TEST_CASE("files that are no models end in exit 2", "[process]") {
  const Folder folder;
  folder.write("cut.gguf", small_llama().file().substr(0, 300));
  folder.write("text.gguf", "hello");
  folder.write("empty.gguf", "");
  fs::create_directory(folder.path / "folder");
  const std::string word = GENERATE("cut.gguf", "text.gguf", "empty.gguf", "missing.gguf",
                                    "./folder", "/dev/null", "/dev/zero", "./text.gguf/more");
  INFO(word);
  CHECK(run(folder, word) == 2);
  CHECK(run(folder, word + " --json") == 2);
}

TEST_CASE("a file that one may not read is an error", "[process]") {
  if (::geteuid() == 0) return;  // nothing is forbidden to root
  const Folder folder;
  folder.write("model.gguf", small_llama().file());
  fs::permissions(folder.path / "model.gguf", fs::perms::none);
  CHECK(run(folder, "model.gguf") == 2);
}

TEST_CASE("a pipe is refused and does not block", "[process]") {
  const Folder folder;
  REQUIRE(run(folder, "--version && mkfifo pipe.gguf") == 0);
  CHECK(run(folder, "pipe.gguf") == 2);
}
