// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "render/ink.hpp"
#include "render/report.hpp"

namespace llmfit::render {

struct ShownCell {
  std::string text;
  Tone tone = Tone::plain;
};

/// A column as people see it.
struct ShownColumn {
  std::string header;
  Align align = Align::right;
  int importance = 0;
  bool whole = false;  ///< figures and ids: never broken over lines
  std::vector<ShownCell> cells;
};

/// The columns of a table as people see them: joined ones as one, optional ones that say nothing
/// left out.
std::vector<ShownColumn> shown_columns(const Table& table);

bool has_unknown(const Report& report);

/// What only a page draws; in other formats the tables beside it say the same.
bool is_picture(const Section& section);

/// A table without rows: people are not shown it, CSV has its header.
bool is_blank(const Section& section);

}  // namespace llmfit::render
