// SPDX-License-Identifier: MIT
#include <set>

#include "catch.hpp"
#include "llmfit/notes.hpp"

using namespace llmfit;

namespace {

constexpr NoteCode all_codes[] = {
#define LLMFIT_NOTE(code, severity, text) NoteCode::code,
#include "llmfit/notes.def"
#undef LLMFIT_NOTE
};

}  // namespace

TEST_CASE("every note is a whole sentence with its own code", "[render]") {
  std::set<std::string_view> codes;
  for (const auto code : all_codes) {
    INFO(to_string(code));
    CHECK(codes.insert(to_string(code)).second);
    const auto sentence = text({code, {"A", "B", "C", "D"}});
    CHECK(sentence.back() == '.');
    CHECK(sentence.find('{') == std::string::npos);
    CHECK(sentence.find('}') == std::string::npos);
  }
  CHECK(codes.size() > 20);
}

TEST_CASE("a note's arguments stand in their places", "[render]") {
  CHECK(to_string(NoteCode::price_old) == "price_old");
  CHECK(severity(NoteCode::price_old) == Severity::warning);
  CHECK(severity(NoteCode::rows_cut) == Severity::info);
  CHECK(text({NoteCode::price_old, {"aws p3", "2024"}}).find("aws p3 is of 2024") !=
        std::string::npos);
}

TEST_CASE("braces in an argument are not filled in again", "[render]") {
  const auto sentence = text({NoteCode::price_old, {"{1}", "2024"}});
  CHECK(sentence.find("{1} is of 2024") != std::string::npos);
}
