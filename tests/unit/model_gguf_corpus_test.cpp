// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "support/judge_model.hpp"

using namespace llmfit::test;

TEST_CASE("files that fuzzing found interesting are read or refused", "[gguf]") {
  const auto folder = std::filesystem::path(LLMFIT_SOURCE_DIR) / "tests/fuzz/corpus/gguf";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    INFO(entry.path());
    CHECK(judges_soundly("corpus.gguf", bytes.str(), std::uint64_t{1} << 50));
    CHECK(judges_soundly("corpus.gguf", bytes.str(), 0));
    ++count;
  }
  CHECK(count >= 12);
}
