// SPDX-License-Identifier: MIT
#include "catalog/words.hpp"

namespace llmfit {

std::string_view to_string(Engine engine) {
  return catalog::word_of(catalog::engine_words, engine).word;
}

std::optional<Engine> engine_from(std::string_view name) {
  for (const auto& entry : catalog::engine_words) {
    if (entry.word == name) return entry.value;
  }
  return std::nullopt;
}

}  // namespace llmfit
