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

std::string_view to_string(ModelSource source) {
  switch (source) {
    case ModelSource::catalog: return "catalog";
    case ModelSource::overlay: return "overlay";
    case ModelSource::gguf: return "gguf";
    case ModelSource::safetensors: return "safetensors";
    case ModelSource::config: return "config";
    case ModelSource::parameters: return "parameters";
  }
  return "catalog";
}

}  // namespace llmfit
