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
  bool shaded = false;                  ///< a verdict colours its whole cell, where there is room
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

/// Totals of several formats as stacked bars, against what cards hold.
struct MemoryChart {
  struct Row {
    std::string name;
    std::vector<std::optional<Bytes>> parts;  ///< in the order of `parts`; absent: unknown
    std::string total;                        ///< as printed, with its unit
  };
  struct Mark {
    std::string name;
    Bytes bytes;
  };
  std::vector<std::string> parts;
  std::vector<Row> rows;
  std::vector<Mark> marks;  ///< smallest first
};

/// Points of price and speed: those that no other beats by name, the others as a cloud.
struct FrontierChart {
  struct Point {
    double x = 0;
    double y = 0;
  };
  struct Best {
    Point at;
    double low = 0;  ///< of y
    double high = 0;
    std::string name;   ///< short
    std::string title;  ///< everything about it, in words
  };
  std::string x_name = "$/hour";
  std::string y_name = "tok/s";
  std::vector<Best> best;  ///< by x; the first is number 1
  std::vector<Point> beaten;
};

/// What only a page can draw. The figures stand in tables beside it, so other formats leave it out.
using Picture = std::variant<MemoryChart, FrontierChart>;

struct Section {
  std::string heading;  ///< may be empty
  std::variant<Paragraph, Pairs, Bars, Table, Picture> body;
};

/// What is said, free of how: each output format draws it in its own way.
struct Report {
  std::string title;
  std::string aside;  ///< at the right end of the title's line; may be empty
  std::vector<Section> sections;
};

}  // namespace llmfit::render
