// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "llmfit/verify.hpp"

namespace llmfit::test {

/// The retyped logs of tests/logs under the names by which a person would give them.
inline const std::map<std::string, std::string>& retyped_logs() {
  static const auto logs = [] {
    std::map<std::string, std::string> result;
    const std::filesystem::path folder = LLMFIT_SOURCE_DIR "/tests/logs";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".log") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      result["logs/" + entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return result;
  }();
  return logs;
}

/// What is read of a whole text.
inline Result<LogFacts> read_log(std::string_view text) {
  LogReader reader;
  reader.feed(text);
  return reader.finish("start.log");
}

}  // namespace llmfit::test
