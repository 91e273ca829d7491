// SPDX-License-Identifier: MIT
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "render/columns.hpp"
#include "render/render.hpp"
#include "render/sum.hpp"

namespace llmfit::render {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ink: #1c2024; --paper: #ffffff; --line: #d9dde2;
  --soft: #5b6570; --bar: #2f6fbb; --good: #1a7f37; --bad: #b42318; --warn: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --paper: #15181b; --line: #343a40; --soft: #9aa4ae;
    --bar: #6ea8e8; --good: #4cc26a; --bad: #ff7b6e; --warn: #e0ac4a; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 90rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; margin-bottom: 0.2rem; }
h2 { font-size: 1.05rem; margin-top: 2rem; }
.scroll { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left;
  white-space: nowrap; }
.right { text-align: right; }
.wrap { white-space: normal; }
.aside, .note { color: var(--soft); }
.warning { color: var(--warn); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.track { width: 15rem; min-width: 6rem; }
.bar { height: 0.8rem; background: var(--bar); border-radius: 2px; }
)";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : base::printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result.push_back(c);
    }
  }
  return result;
}

void add_element(std::string& out, std::string_view tag, std::string_view kind,
                 std::string_view text) {
  out.append("<").append(tag);
  if (!kind.empty()) out.append(" class=\"").append(kind).append("\"");
  out.append(">").append(escaped(text)).append("</").append(tag).append(">");
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

std::string_view kind_of(Tone tone, Align align) {
  if (tone == Tone::good) return "good";
  if (tone == Tone::bad) return "bad";
  return align == Align::right ? "right" : "";
}

void add_body(std::string& out, const Table& table) {
  const auto columns = shown_columns(table);
  out += "<div class=\"scroll\"><table>\n<tr>";
  for (const auto& column : columns) {
    add_element(out, "th", kind_of(Tone::plain, column.align), column.header);
  }
  out += "</tr>\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    out += "<tr>";
    for (const auto& column : columns) {
      add_element(out, "td", kind_of(column.cells[row].tone, column.align), column.cells[row].text);
    }
    out += "</tr>\n";
  }
  out += "</table></div>\n";
}

void add_head(std::string& out, const Report& report) {
  out +=
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  add_element(out, "title", {}, report.title);
  out.append("\n<style>").append(style).append("</style>\n</head>\n<body>\n");
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
