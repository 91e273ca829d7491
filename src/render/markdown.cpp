// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "render/columns.hpp"
#include "render/render.hpp"
#include "render/sum.hpp"

namespace llmfit::render {
namespace {

/// Characters that Markdown or HTML would read are escaped, so that names stay as they are.
std::string escaped(std::string_view text) {
  constexpr std::string_view special = "\\|<>*_`[]";
  std::string result;
  for (const char c : base::printable(text)) {
    if (special.find(c) != std::string_view::npos) result.push_back('\\');
    result.push_back(c);
  }
  return result;
}

void add_cell(std::string& out, std::string_view text) {
  out.append(" ").append(escaped(text)).append(" |");
}

void add_body(std::string& out, const Paragraph& paragraph) {
  if (paragraph.voice == Voice::note) out += "- **note:** ";
  if (paragraph.voice == Voice::warning) out += "- **warning:** ";
  out.append(escaped(paragraph.text)).append("\n");
}

void add_body(std::string& out, const Pairs& pairs) {
  out += "| | |\n| :-- | :-- |\n";
  for (const auto& pair : pairs.rows) {
    out += "|";
    add_cell(out, pair.label);
    add_cell(out, human(pair.value));
    out += "\n";
  }
}

void add_body(std::string& out, const Bars& bars) {
  const auto sum = printed_sum(bars);
  out += "| GiB | part | |\n| --: | :-- | :-- |\n";
  for (std::size_t i = 0; i < bars.rows.size(); ++i) {
    out += "|";
    add_cell(out, steps_text(sum, sum.parts[i]));
    add_cell(out, bars.rows[i].name);
    add_cell(out, bars.rows[i].note);
    out += "\n";
  }
  out.append("| **")
      .append(steps_text(sum, sum.total))
      .append("** | **")
      .append(escaped(bars.total_name));
  out += "** | |\n";
}

void add_body(std::string& out, const Table& table) {
  const auto columns = shown_columns(table);
  out += "|";
  for (const auto& column : columns) add_cell(out, column.header);
  out += "\n|";
  for (const auto& column : columns) out += column.align == Align::right ? " --: |" : " :-- |";
  out += "\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    out += "|";
    for (const auto& column : columns) add_cell(out, column.cells[row].text);
    out += "\n";
  }
}

void add_body(std::string&, const Picture&) {}  // left out, see is_picture

bool is_remark(const Section& section) {
  const auto* paragraph = std::get_if<Paragraph>(&section.body);
  return paragraph != nullptr && paragraph->voice != Voice::plain && section.heading.empty();
}

}  // namespace

std::string render_markdown(const Report& report, const Terminal&) {
  std::string out;
  if (!report.title.empty()) out.append("# ").append(escaped(report.title)).append("\n");
  if (!report.aside.empty()) out.append("\n").append(escaped(report.aside)).append("\n");
  bool after_remark = false;
  for (const auto& section : report.sections) {
    if (is_blank(section) || is_picture(section)) continue;
    const bool remark = is_remark(section);
    if (!out.empty() && !(remark && after_remark)) out += "\n";
    after_remark = remark;
    if (!section.heading.empty()) out.append("## ").append(escaped(section.heading)).append("\n\n");
    std::visit([&out](const auto& body) { add_body(out, body); }, section.body);
  }
  if (has_unknown(report)) out += "\n`-` is unknown, not zero.\n";
  return out;
}

}  // namespace llmfit::render
