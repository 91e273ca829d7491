// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "llmfit/sizing.hpp"

namespace llmfit::sizing {

/// The words that explain one kind of term under one engine.
struct Wording {
  std::string_view formula;
  std::string_view source;
};

/// Of models whose layers cache otherwise than a row of keys and one of values a token; absent for
/// all others.
std::optional<Wording> unusual_cache_words(const Model& model, Engine engine);

/// Of a model with states.
Wording state_words(const Model& model, Engine engine);

}  // namespace llmfit::sizing
