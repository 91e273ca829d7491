// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "support/judge_hf.hpp"

namespace {

int replay(const std::string& name, bool (*judge)(std::string_view)) {
  const auto folder = std::filesystem::path(LLMFIT_SOURCE_DIR) / "tests/fuzz/corpus" / name;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    INFO(entry.path());
    CHECK(judge(bytes.str()));
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("headers and configurations that fuzzing found interesting are read or refused", "[hf]") {
  CHECK(replay("safetensors", llmfit::test::judges_safetensors) >= 4);
  CHECK(replay("config", llmfit::test::judges_config) >= 20);
}
