// SPDX-License-Identifier: MIT
#include "render/grid.hpp"

#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace llmfit::render {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_text = 8;
/// Text may be broken down to this width before a column has to go.
/// Importance from which a column is a detail that gives way to rows of one line.
constexpr int spare = 7;
constexpr std::size_t comfortable_text = 20;

/// What a column may be, in terminal columns.
struct Widths {
  std::size_t cells = 0;        ///< widest cell
  std::size_t header_word = 0;  ///< longest word of the header
  std::size_t header = 0;
};

std::size_t longest_word(const std::string& text) {
  std::size_t longest = 0;
  for (const auto& word : base::split(text, ' ')) {
    longest = std::max(longest, base::display_width(word));
  }
  return longest;
}

Widths measure(const ShownColumn& column) {
  Widths widths{0, longest_word(column.header), base::display_width(column.header)};
  for (const auto& cell : column.cells) {
    widths.cells = std::max(widths.cells, base::display_width(cell.text));
  }
  return widths;
}

std::size_t compact(const Widths& w) { return std::max(w.cells, w.header_word); }
std::size_t natural(const Widths& w) { return std::max(w.cells, w.header); }

/// Columns, their measures and the widths chosen for them.
struct Plan {
  std::vector<ShownColumn> columns;
  std::vector<Widths> measures;
  std::vector<std::size_t> widths;

  explicit Plan(std::vector<ShownColumn> shown) : columns(std::move(shown)) {
    for (const auto& column : columns) {
      measures.push_back(measure(column));
      widths.push_back(compact(measures.back()));
    }
  }
  [[nodiscard]] std::size_t total() const {
    const auto gaps = columns.empty() ? 0 : gap * (columns.size() - 1);
    return std::accumulate(widths.begin(), widths.end(), gaps);
  }
  /// Width with all text broken that may be broken for the sake of other columns.
  [[nodiscard]] std::size_t least_total() const {
    auto least = total();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!columns[i].whole) least -= widths[i] - std::min(widths[i], comfortable_text);
    }
    return least;
  }
  void remove(std::size_t i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    columns.erase(columns.begin() + at);
    measures.erase(measures.begin() + at);
    widths.erase(widths.begin() + at);
  }
};

/// Drops the least important columns: those that are spare before a row takes a second line, others
/// only where the text cannot be broken any further.
std::vector<std::string> drop_columns(Plan& plan, std::size_t width) {
  std::vector<std::string> hidden;
  while (plan.total() > width) {
    const auto least =
        std::max_element(plan.columns.begin(), plan.columns.end(),
                         [](const auto& a, const auto& b) { return a.importance < b.importance; });
    if (least == plan.columns.end() || least->importance == 0) break;
    const bool gives_way = plan.least_total() > width || least->importance >= spare;
    if (!gives_way) break;
    hidden.insert(hidden.begin(), least->header);
    plan.remove(static_cast<std::size_t>(least - plan.columns.begin()));
  }
  return hidden;
}

/// Narrows the widest column of text until the rest fits or nothing is left to narrow.
void narrow_text(Plan& plan, std::size_t width) {
  while (plan.total() > width) {
    std::size_t chosen = plan.columns.size();
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      const auto floor = std::max(narrowest_text, plan.measures[i].header_word);
      if (plan.columns[i].whole || plan.widths[i] <= floor) continue;
      if (chosen == plan.columns.size() || plan.widths[i] > plan.widths[chosen]) chosen = i;
    }
    if (chosen == plan.columns.size()) return;
    --plan.widths[chosen];
  }
}

/// Gives room that is left to headers that then need not wrap, from the left.
void widen(Plan& plan, std::optional<std::size_t> width) {
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto total = plan.total();
    const auto wish =
        natural(plan.measures[i]) - std::min(plan.widths[i], natural(plan.measures[i]));
    if (!width || total + wish <= *width) plan.widths[i] += wish;
  }
}

/// One column's part of a row: its lines, and how they are set.
struct Block {
  std::vector<std::string> lines;
  Tone tone = Tone::plain;
};

void set(std::string& line, const std::string& text, std::size_t width, Align align, Tone tone,
         const Ink& ink) {
  const auto space = width - std::min(width, base::display_width(text));
  if (align == Align::right) line.append(space, ' ');
  line += ink.paint(tone, text);
  if (align != Align::right) line.append(space, ' ');
}

void trim_right(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

/// Sets blocks side by side; shorter ones start at the top, or end at the bottom for headers.
void add_row(std::vector<std::string>& lines, const Plan& plan, const std::vector<Block>& blocks,
             std::size_t indent, bool at_bottom, const Ink& ink) {
  std::size_t height = 0;
  for (const auto& block : blocks) height = std::max(height, block.lines.size());
  for (std::size_t y = 0; y < height; ++y) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto& block = blocks[i];
      const auto above = at_bottom ? height - block.lines.size() : 0;
      const bool inside = y >= above && y - above < block.lines.size();
      if (i > 0) line.append(gap, ' ');
      set(line, inside ? block.lines[y - above] : std::string(), plan.widths[i],
          plan.columns[i].align, block.tone, ink);
    }
    trim_right(line);
    lines.push_back(std::move(line));
  }
}

void add_header(std::vector<std::string>& lines, const Plan& plan, std::size_t indent,
                const Ink& ink) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    blocks.push_back({base::wrap(plan.columns[i].header, plan.widths[i]), Tone::heading});
  }
  add_row(lines, plan, blocks, indent, true, ink);
}

std::vector<std::string> cell_lines(const ShownColumn& column, const ShownCell& cell,
                                    std::size_t width) {
  const bool whole = column.whole || base::display_width(cell.text) <= width;
  return whole ? std::vector<std::string>{cell.text} : wrap_hard(cell.text, width);
}

/// A row of which no cell has to be broken, as most are.
bool is_one_line(const Plan& plan, std::size_t row) {
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& column = plan.columns[i];
    const bool whole = column.whole || plan.widths[i] >= plan.measures[i].cells;
    if (!whole && base::display_width(column.cells[row].text) > plan.widths[i]) return false;
  }
  return true;
}

void add_line(std::vector<std::string>& lines, const Plan& plan, std::size_t row,
              std::size_t indent, const Ink& ink) {
  std::string line(indent, ' ');
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& column = plan.columns[i];
    if (i > 0) line.append(gap, ' ');
    set(line, column.cells[row].text, plan.widths[i], column.align, column.cells[row].tone, ink);
  }
  trim_right(line);
  lines.push_back(std::move(line));
}

void add_cells(std::vector<std::string>& lines, const Plan& plan, std::size_t row,
               std::size_t indent, const Ink& ink) {
  if (is_one_line(plan, row)) return add_line(lines, plan, row, indent, ink);
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& cell = plan.columns[i].cells[row];
    blocks.push_back({cell_lines(plan.columns[i], cell, plan.widths[i]), cell.tone});
  }
  add_row(lines, plan, blocks, indent, false, ink);
}

void to_shown_text(std::vector<ShownColumn>& columns, const Ink& ink) {
  for (auto& column : columns) {
    column.header = ink.text(column.header);
    for (auto& cell : column.cells) cell.text = ink.text(cell.text);
  }
}

/// Bytes of `text` that are at most `width` wide, at least one letter.
std::size_t prefix_length(std::string_view text, std::size_t width) {
  std::size_t length = 0;
  while (length < text.size()) {
    const auto next = length + base::decode(text, length).length;
    if (length > 0 && base::display_width(text.substr(0, next)) > width) break;
    length = next;
  }
  return length;
}

}  // namespace

std::vector<std::string> wrap_hard(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  for (const auto& line : base::wrap(text, width)) {
    std::string_view rest = line;
    while (base::display_width(rest) > width) {
      const auto length = prefix_length(rest, width);
      lines.emplace_back(rest.substr(0, length));
      rest.remove_prefix(length);
    }
    if (!rest.empty() || lines.empty()) lines.emplace_back(rest);
  }
  return lines;
}

Grid layout_grid(std::vector<ShownColumn> columns, std::optional<std::size_t> width,
                 std::size_t indent, const Ink& ink) {
  to_shown_text(columns, ink);
  const auto rows = columns.empty() ? 0 : columns.front().cells.size();
  if (width) *width -= std::min(*width, indent);
  Plan plan(std::move(columns));
  Grid grid;
  if (width) {
    grid.hidden = drop_columns(plan, *width);
    narrow_text(plan, *width);
  }
  widen(plan, width);
  add_header(grid.lines, plan, indent, ink);
  for (std::size_t row = 0; row < rows; ++row) add_cells(grid.lines, plan, row, indent, ink);
  return grid;
}

}  // namespace llmfit::render
