// SPDX-License-Identifier: MIT
#include "render/html_picture.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "render/svg.hpp"

namespace llmfit::render {
namespace {

/// The class of a drawing, whose windows the style knows, and its width in pixels.
constexpr std::array<std::pair<std::string_view, double>, 3> sizes{
    {{"narrow", 360}, {"middling", 640}, {"wide", 1080}}};

std::string drawn(const MemoryChart& chart, double width) { return memory_svg(chart, width); }
std::string drawn(const FrontierChart& chart, double width) { return frontier_svg(chart, width); }

void add_key(std::string& out, std::string_view kind, std::string_view name) {
  out.append(R"(<span class="key"><svg viewBox="0 0 14 10" width="14" height="10")");
  out.append(R"( aria-hidden="true">)").append(kind).append("</svg> ");
  out.append(escaped_markup(name)).append("</span>\n");
}

bool is_drawn(const MemoryChart& chart, std::size_t part) {
  return std::any_of(chart.rows.begin(), chart.rows.end(), [part](const MemoryChart::Row& row) {
    return row.parts[part].value_or(Bytes{}) > Bytes{};
  });
}

void add_legend(std::string& out, const MemoryChart& chart) {
  for (std::size_t i = 0; i < chart.parts.size(); ++i) {
    if (!is_drawn(chart, i)) continue;
    const auto kind = "part" + std::to_string(i);
    add_key(out, R"(<rect class=")" + kind + R"(" width="14" height="10"/>)", chart.parts[i]);
  }
  if (chart.marks.empty()) return;
  add_key(out, R"(<line class="mark" x1="7" y1="0" x2="7" y2="10"/>)", "usable memory of cards");
}

void add_legend(std::string& out, const FrontierChart& chart) {
  add_key(out, R"(<circle class="best" cx="7" cy="5" r="4"/>)", "no other is cheaper and faster");
  add_key(out, R"(<line class="whisker" x1="7" y1="0" x2="7" y2="10"/>)",
          "where nine of ten measurements lie");
  if (chart.beaten.empty()) return;
  add_key(out, R"(<path class="cloud" d="M7 5h0"/>)", "another configuration beats it");
}

}  // namespace

void add_picture(std::string& out, const Picture& picture) {
  std::visit(
      [&out](const auto& chart) {
        out += "<figure>\n";
        for (const auto& [kind, width] : sizes) {
          out.append("<div class=\"").append(kind).append("\">");
          out.append(drawn(chart, width)).append("</div>\n");
        }
        out += "<figcaption>";
        add_legend(out, chart);
        out += "</figcaption>\n</figure>\n";
      },
      picture);
}

}  // namespace llmfit::render
