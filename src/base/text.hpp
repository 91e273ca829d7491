// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace llmfit::base {

/// Columns that UTF-8 text takes in a terminal (no locale; wide East Asian characters count two).
std::size_t display_width(std::string_view text);

/// At most `columns` wide, an ellipsis (or "..." in ASCII) at the end where it was cut.
std::string elide(std::string_view text, std::size_t columns, bool ascii);

/// Lines of at most `columns`, broken at spaces; a longer word stays whole.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// Parts between `separator`, without surrounding spaces; empty parts are kept.
std::vector<std::string> split(std::string_view text, char separator);

std::string lower(std::string_view text);

/// Text fit for one terminal line: control characters and invalid UTF-8 as \xNN.
std::string printable(std::string_view text);

}  // namespace llmfit::base
