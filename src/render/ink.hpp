// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "render/terminal.hpp"

namespace llmfit::render {

enum class Tone { plain, title, heading, good, bad, bar, dim, warning };

/// Text as one terminal can show it.
class Ink {
 public:
  explicit Ink(const Terminal& terminal) : colour_(terminal.colour), unicode_(terminal.unicode) {}

  /// Without control characters and, in ASCII, without any byte above 127 (unknown letters: `?`).
  /// Call it before measuring: it changes the width.
  [[nodiscard]] std::string text(std::string_view utf8) const;
  /// In the tone's colour, where there is colour.
  [[nodiscard]] std::string paint(Tone tone, std::string_view shown) const;
  [[nodiscard]] bool unicode() const { return unicode_; }

 private:
  bool colour_;
  bool unicode_;
};

}  // namespace llmfit::render
