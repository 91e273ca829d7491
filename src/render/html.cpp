// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "render/columns.hpp"
#include "render/html_picture.hpp"
#include "render/html_style.hpp"
#include "render/render.hpp"
#include "render/sum.hpp"
#include "render/svg.hpp"

namespace llmfit::render {
namespace {

bool is_option_letter(char c) { return c == '-' || (c >= 'a' && c <= 'z'); }

/// Escaped, and options in one piece: a browser breaks lines behind any hyphen.
std::string unbroken_options(std::string_view text) {
  std::string out;
  for (auto at = text.find("--"); at != std::string_view::npos; at = text.find("--")) {
    auto end = at;
    while (end < text.size() && is_option_letter(text[end])) ++end;
    out += escaped_markup(text.substr(0, at));
    out.append("<span class=\"option\">").append(escaped_markup(text.substr(at, end - at)));
    out += "</span>";
    text.remove_prefix(end);
  }
  return out + escaped_markup(text);
}

void add_element(std::string& out, std::string_view tag, std::string_view kind,
                 std::string_view text) {
  out.append("<").append(tag);
  if (!kind.empty()) out.append(" class=\"").append(kind).append("\"");
  out.append(">").append(unbroken_options(text)).append("</").append(tag).append(">");
}

void add_body(std::string& out, const Paragraph& paragraph) {
  const bool plain = paragraph.voice == Voice::plain;
  const std::string_view kind = paragraph.voice == Voice::warning ? "warning" : "note";
  const auto label = plain ? std::string{} : std::string(kind) + ": ";
  add_element(out, "p", plain ? std::string_view{} : kind, label + paragraph.text);
  out += "\n";
}

void add_body(std::string& out, const Pairs& pairs) {
  out += "<div class=\"scroll\"><table>\n";
  for (const auto& pair : pairs.rows) {
    out += "<tr>";
    add_element(out, "th", {}, pair.label);
    add_element(out, "td", "wrap", human(pair.value));
    out += "</tr>\n";
  }
  out += "</table></div>\n";
}

void add_body(std::string& out, const Bars& bars) {
  const auto sum = printed_sum(bars);
  const auto shares = bar_shares(bars);
  out += "<div class=\"scroll\"><table>\n";
  out += R"(<tr><th class="right">GiB</th><th></th><th></th><th></th></tr>)";
  out += "\n";
  for (std::size_t i = 0; i < bars.rows.size(); ++i) {
    out += "<tr>";
    add_element(out, "td", "right", steps_text(sum, sum.parts[i]));
    out += R"(<td class="track"><div class="bar" style="width:)";
    out.append(base::fixed(shares[i] * 100, 1)).append("%\"></div></td>");
    add_element(out, "td", {}, bars.rows[i].name);
    add_element(out, "td", "note", bars.rows[i].note);
    out += "</tr>\n";
  }
  out += "<tr>";
  add_element(out, "th", "right", steps_text(sum, sum.total));
  out += "<td></td>";
  add_element(out, "th", {}, bars.total_name);
  out += "<td></td></tr>\n</table></div>\n";
}

/// Columns of words that are wider may break them over lines.
constexpr std::size_t unbroken = 16;

bool has_long_words(const ShownColumn& column) {
  return !column.whole &&
         std::any_of(column.cells.begin(), column.cells.end(),
                     [](const auto& cell) { return base::display_width(cell.text) > unbroken; });
}

std::string_view kind_of(const ShownColumn& column, Tone tone) {
  if (tone == Tone::good) return "good";
  if (tone == Tone::bad) return "bad";
  if (column.align == Align::right) return "right";
  return has_long_words(column) ? "words" : "";
}

void add_body(std::string& out, const Table& table) {
  const auto columns = shown_columns(table);
  out += "<div class=\"scroll\"><table";
  if (table.shaded) out += " class=\"shaded\"";
  out += ">\n<tr>";
  for (const auto& column : columns) {
    add_element(out, "th", kind_of(column, Tone::plain), column.header);
  }
  out += "</tr>\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    out += "<tr>";
    for (const auto& column : columns) {
      add_element(out, "td", kind_of(column, column.cells[row].tone), column.cells[row].text);
    }
    out += "</tr>\n";
  }
  out += "</table></div>\n";
}

void add_body(std::string& out, const Picture& picture) { add_picture(out, picture); }

void add_head(std::string& out, const Report& report) {
  out +=
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n";
  out.append("<title>").append(escaped_markup(report.title)).append("</title>");
  out.append("\n<style>").append(html_style).append("</style>\n</head>\n<body>\n");
}

}  // namespace

std::string render_html(const Report& report, const Terminal&) {
  std::string out;
  add_head(out, report);
  add_element(out, "h1", {}, report.title);
  out += "\n";
  if (!report.aside.empty()) {
    add_element(out, "p", "aside", report.aside);
    out += "\n";
  }
  for (const auto& section : report.sections) {
    if (is_blank(section)) continue;
    if (!section.heading.empty()) {
      add_element(out, "h2", {}, section.heading);
      out += "\n";
    }
    std::visit([&out](const auto& body) { add_body(out, body); }, section.body);
  }
  if (has_unknown(report)) add_element(out, "p", "note", "- is unknown, not zero");
  return out.append("\n</body>\n</html>\n");
}

}  // namespace llmfit::render
