// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace llmfit::base {

/// What stands at one place of a text: a character, or a byte that belongs to none.
struct CodePoint {
  char32_t value = 0;      ///< 0 where it is not valid
  std::size_t length = 1;  ///< bytes, at least one
  bool valid = false;      ///< well-formed UTF-8 (Unicode, table 3-7)
};

/// The character that starts at byte `at`, which must lie within `text`.
CodePoint decode(std::string_view text, std::size_t at);

}  // namespace llmfit::base
