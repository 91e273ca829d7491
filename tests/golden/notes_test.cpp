// SPDX-License-Identifier: MIT
// Every sentence of the table of notes stands in an approved output.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "llmfit/notes.hpp"

namespace fs = std::filesystem;

namespace {

struct Sentence {
  std::string code;
  std::string text;
};

std::vector<Sentence> sentences() {
  return {
#define LLMFIT_NOTE(code, severity, text) {#code, text},
#include "llmfit/notes.def"
#undef LLMFIT_NOTE
  };
}

/// Words with one space between them: outputs wrap and indent as they like.
std::string words(const std::string& text) {
  std::istringstream in(text);
  std::string result;
  for (std::string word; in >> word;) result += word + " ";
  return result;
}

/// The longest part of a sentence between its arguments.
std::string longest_part(const std::string& sentence) {
  std::string longest;
  std::size_t start = 0;
  while (start < sentence.size()) {
    auto end = sentence.find('{', start);
    if (end == std::string::npos) end = sentence.size();
    if (end - start > longest.size()) longest = sentence.substr(start, end - start);
    start = sentence.find('}', end);
    start = start == std::string::npos ? sentence.size() : start + 1;
  }
  const auto trimmed = words(longest);
  return trimmed.substr(0, trimmed.size() - 1);
}

}  // namespace

TEST_CASE("every note is shown by a golden output", "[golden]") {
  std::string shown;
  for (const auto& entry : fs::directory_iterator(LLMFIT_SOURCE_DIR "/tests/golden/expected")) {
    std::ifstream in(entry.path());
    std::ostringstream text;
    text << in.rdbuf();
    shown += words(text.str());
  }
  for (const auto& sentence : sentences()) {
    INFO(sentence.code << ": " << longest_part(sentence.text));
    CHECK(shown.find(longest_part(sentence.text)) != std::string::npos);
  }
}
