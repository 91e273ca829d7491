// SPDX-License-Identifier: MIT
#include "render/render.hpp"

namespace llmfit::render {
namespace {

/// RFC 4180: quoted where a comma, a quote or a line break is in it, quotes doubled.
void add_field(std::string& out, const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) {
    out += value;
    return;
  }
  out.push_back('"');
  for (const char c : value) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

std::string header_line(const Table& table) {
  std::string line;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) line.push_back(',');
    add_field(line, table.columns[i].name);
  }
  return line.append("\r\n");
}

void add_row(std::string& out, const std::vector<Cell>& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) out.push_back(',');
    add_field(out, raw(row[i]));
  }
  out.append("\r\n");
}

}  // namespace

std::string render_csv(const Report& report, const Terminal&) {
  std::string out;
  std::string header;
  for (const auto& section : report.sections) {
    const auto* table = std::get_if<Table>(&section.body);
    if (table == nullptr) continue;
    const auto next = header_line(*table);
    if (next != header) out += next;
    header = next;
    for (const auto& row : table->rows) add_row(out, row);
  }
  return out;
}

}  // namespace llmfit::render
