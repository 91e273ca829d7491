// SPDX-License-Identifier: MIT
#include "llmfit/notes.hpp"

#include <array>
#include <cstddef>

namespace llmfit {
namespace {

struct Entry {
  std::string_view code;
  Severity severity;
  std::string_view text;
};

constexpr auto entries = std::to_array<Entry>({
#define LLMFIT_NOTE(code, severity, text) {#code, Severity::severity, text},
#include "llmfit/notes.def"
#undef LLMFIT_NOTE
});

const Entry& entry(NoteCode code) { return entries[static_cast<std::size_t>(code)]; }

/// Is `{digit}` at `at`?
bool is_place(std::string_view text, std::size_t at) {
  return at + 2 < text.size() && text[at] == '{' && text[at + 2] == '}' && text[at + 1] >= '0' &&
         text[at + 1] <= '9';
}

}  // namespace

std::string_view to_string(NoteCode code) { return entry(code).code; }

Severity severity(NoteCode code) { return entry(code).severity; }

std::string text(const Note& note) {
  const auto sentence = entry(note.code).text;
  std::string result;
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    if (!is_place(sentence, i)) {
      result.push_back(sentence[i]);
      continue;
    }
    const auto argument = static_cast<std::size_t>(sentence[i + 1] - '0');
    if (argument < note.args.size()) result += note.args[argument];
    i += 2;
  }
  return result;
}

}  // namespace llmfit
