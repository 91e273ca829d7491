// SPDX-License-Identifier: MIT
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace llmfit::catalog {

struct PatternPiece;

/// Pieces that follow each other.
using PatternSequence = std::vector<PatternPiece>;

/// A character out of `chars`, or one of `alternatives` (a group), `least` to `most` times.
struct PatternPiece {
  std::bitset<256> chars;
  std::vector<PatternSequence> alternatives;
  std::size_t least = 1;
  std::size_t most = 1;
};

/// A regular expression of the small kind that schemas use: anchored at both ends; literals,
/// `[a-z_]`, groups, `|`, `?`, `*`, `+`, `{n}`. Takes no stack and no locale, whatever the text
/// (std::regex does).
class Pattern {
 public:
  /// Null: not such an expression.
  static std::optional<Pattern> parse(std::string_view expression);

  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  std::vector<PatternSequence> alternatives_;
};

}  // namespace llmfit::catalog
