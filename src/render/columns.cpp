// SPDX-License-Identifier: MIT
#include "render/columns.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace llmfit::render {
namespace {

Tone tone_of(const Cell& cell) {
  if (is_unknown(cell)) return Tone::dim;
  const auto* verdict = std::get_if<Verdict>(&cell);
  if (verdict == nullptr) return Tone::plain;
  return verdict->yes ? Tone::good : Tone::bad;
}

bool breakable(const Cell& cell) {
  return std::holds_alternative<Text>(cell) || std::holds_alternative<Unknown>(cell) ||
         std::holds_alternative<Verdict>(cell);
}

bool says_nothing(const Cell& cell) {
  const auto* text = std::get_if<Text>(&cell);
  return is_unknown(cell) || (text != nullptr && text->value.empty());
}

bool says_nothing(const Table& table, std::size_t index) {
  return std::all_of(table.rows.begin(), table.rows.end(),
                     [index](const auto& row) { return says_nothing(row[index]); });
}

ShownColumn shown_column(const Table& table, std::size_t index) {
  const auto& column = table.columns[index];
  ShownColumn shown{column.header, column.align, column.importance, false, {}};
  shown.cells.reserve(table.rows.size());
  for (const auto& row : table.rows) {
    shown.cells.push_back({human(row[index]), tone_of(row[index])});
    shown.whole = shown.whole || !breakable(row[index]);
  }
  return shown;
}

std::size_t widest(const ShownColumn& column) {
  std::size_t width = 0;
  for (const auto& cell : column.cells) width = std::max(width, base::display_width(cell.text));
  return width;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string space(width - std::min(width, base::display_width(text)), ' ');
  return align == Align::right ? space + text : text + space;
}

/// Puts `next` into `column`, cell by cell, so that the joints stand below each other.
void join(ShownColumn& column, const ShownColumn& next, const std::string& joint) {
  const auto left = widest(column);
  const auto right = widest(next);
  column.header.append(column.header.empty() || next.header.empty() ? "" : " ").append(next.header);
  column.whole = column.whole || next.whole;
  column.align = Align::left;
  for (std::size_t i = 0; i < column.cells.size(); ++i) {
    auto& cell = column.cells[i];
    const bool both_unknown = cell.text == "-" && next.cells[i].text == "-";
    cell.text = padded(cell.text, left, Align::right);
    if (!both_unknown) cell.text += joint + padded(next.cells[i].text, right, next.align);
  }
}

}  // namespace

std::vector<ShownColumn> shown_columns(const Table& table) {
  std::vector<ShownColumn> shown;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    if (column.optional && says_nothing(table, i)) continue;
    auto next = shown_column(table, i);
    if (column.joint.empty() || shown.empty()) {
      shown.push_back(std::move(next));
    } else {
      join(shown.back(), next, column.joint);
    }
  }
  return shown;
}

namespace {

struct LacksSomething {
  bool operator()(const Paragraph&) const { return false; }
  bool operator()(const Pairs& pairs) const {
    return std::any_of(pairs.rows.begin(), pairs.rows.end(),
                       [](const Pair& pair) { return is_unknown(pair.value); });
  }
  bool operator()(const Bars& bars) const {
    return std::any_of(bars.rows.begin(), bars.rows.end(),
                       [](const Bar& bar) { return !bar.bytes; });
  }
  /// As shown_columns does it, without writing the cells: of joint columns the first one tells.
  bool operator()(const Table& table) const {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto& column = table.columns[i];
      const bool joins = !column.joint.empty() && i > 0;
      if (joins || (column.optional && says_nothing(table, i))) continue;
      const auto lacks = [i](const std::vector<Cell>& row) { return is_unknown(row[i]); };
      if (std::any_of(table.rows.begin(), table.rows.end(), lacks)) return true;
    }
    return false;
  }
  bool operator()(const Picture&) const { return false; }
};

}  // namespace

bool has_unknown(const Report& report) {
  return std::any_of(report.sections.begin(), report.sections.end(), [](const Section& section) {
    return std::visit(LacksSomething{}, section.body);
  });
}

bool is_picture(const Section& section) { return std::holds_alternative<Picture>(section.body); }

bool is_blank(const Section& section) {
  const auto* table = std::get_if<Table>(&section.body);
  return table != nullptr && table->rows.empty();
}

}  // namespace llmfit::render
