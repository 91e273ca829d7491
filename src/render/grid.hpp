// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "render/columns.hpp"
#include "render/ink.hpp"

namespace llmfit::render {

/// Lines of a table, and the headers of the columns that had to go.
struct Grid {
  std::vector<std::string> lines;
  std::vector<std::string> hidden;
};

/// Lays columns out for `width` (absent: as wide as they are). Where they do not fit: headers wrap,
/// then long text wraps, then the least important columns go, then all text wraps. A figure or an
/// id is never cut or broken.
Grid layout_grid(std::vector<ShownColumn> columns, std::optional<std::size_t> width,
                 std::size_t indent, const Ink& ink);

/// `text` in lines of at most `width`, words longer than that broken.
std::vector<std::string> wrap_hard(const std::string& text, std::size_t width);

}  // namespace llmfit::render
