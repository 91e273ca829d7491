// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llmfit {

enum class Severity { info, warning };

/// Everything llmfit has to say beside its figures. The sentence of each stands in notes.def, with
/// {0}, {1} … for the arguments.
enum class NoteCode {
#define LLMFIT_NOTE(code, severity, text) code,
#include "llmfit/notes.def"
#undef LLMFIT_NOTE
};

struct Note {
  NoteCode code;
  std::vector<std::string> args;
};

std::string_view to_string(NoteCode code);  ///< the code as in JSON
Severity severity(NoteCode code);
std::string text(const Note& note);  ///< the sentence, arguments filled in

}  // namespace llmfit
