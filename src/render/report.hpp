// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "llmfit/units.hpp"
#include "render/cell.hpp"

namespace llmfit::render {

enum class Align { left, right };

struct Column {
  std::string name;    ///< in CSV, with its unit: "total_bytes"
  std::string header;  ///< for people, with its unit: "used GiB"
  Align align = Align::right;
  int importance = 0;  ///< 0: never hidden; else the largest number is hidden first
  std::string
      joint;  ///< not empty: shown to people in one column with the one before, joined by this
  bool optional = false;  ///< left out for people where no row says anything
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  ///< as many cells as columns in each
};

struct Pair {
  std::string label;
  Cell value;
};

struct Pairs {
  std::vector<Pair> rows;
};

/// A part of a sum, drawn as a bar.
struct Bar {
  std::string name;
  std::optional<Bytes> bytes;  ///< absent: unknown
  std::string note;
};

/// Parts in GiB that add up, as printed, to their printed total.
struct Bars {
  std::vector<Bar> rows;
  std::string total_name = "total";
};

enum class Voice { plain, note, warning };

struct Paragraph {
  Voice voice = Voice::plain;
  std::string text;
};

struct Section {
  std::string heading;  ///< may be empty
  std::variant<Paragraph, Pairs, Bars, Table> body;
};

/// What is said, free of how: each output format draws it in its own way.
struct Report {
  std::string title;
  std::string aside;  ///< at the right end of the title's line; may be empty
  std::vector<Section> sections;
};

}  // namespace llmfit::render
