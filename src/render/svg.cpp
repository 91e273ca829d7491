// SPDX-License-Identifier: MIT
#include "render/svg.hpp"

#include <cmath>
#include <utility>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::render {
namespace {

/// Mean width of a letter in text of 12 pixels, in the widest of the fonts that systems show a page
/// in.
constexpr double letter = 7.4;

std::string element(std::string_view tag, std::string_view text) {
  std::string out;
  out.append("<").append(tag).append(">").append(escaped_markup(text));
  return out.append("</").append(tag).append(">");
}

}  // namespace

std::string escaped_markup(std::string_view text) {
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

double text_width(std::string_view words) {
  return letter * static_cast<double>(base::display_width(words));
}

std::string Svg::number(double value) {
  auto text = base::fixed(std::round(value * 10) / 10, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

Svg::Svg(double width, double height, std::string_view title, std::string_view description) {
  const auto w = number(width);
  const auto h = number(height);
  out_.append("<svg role=\"img\" viewBox=\"0 0 ").append(w).append(" ").append(h);
  out_.append("\" width=\"").append(w).append("\" height=\"").append(h);
  out_.append("\" aria-label=\"").append(escaped_markup(title)).append("\">\n");
  out_.append(element("title", title)).append("<desc>");
  out_.append(escaped_markup(description)).append("</desc>\n");
}

void Svg::open(std::string_view tag, std::string_view kind) {
  out_.append("<").append(tag).append(" class=\"").append(kind).append("\"");
}

void Svg::attribute(std::string_view name, double value) {
  out_.append(" ").append(name).append("=\"").append(number(value)).append("\"");
}

void Svg::close(std::string_view tag, std::string_view title) {
  if (title.empty()) {
    out_ += "/>\n";
    return;
  }
  out_.append(">").append(element("title", title)).append("</").append(tag).append(">\n");
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view kind) {
  open("line", kind);
  attribute("x1", x1);
  attribute("y1", y1);
  attribute("x2", x2);
  attribute("y2", y2);
  close("line", {});
}

void Svg::rectangle(const Box& box, std::string_view kind, std::string_view title) {
  open("rect", kind);
  attribute("x", box.x);
  attribute("y", box.y);
  attribute("width", box.width);
  attribute("height", box.height);
  close("rect", title);
}

void Svg::circle(double x, double y, double radius, std::string_view kind, std::string_view title) {
  open("circle", kind);
  attribute("cx", x);
  attribute("cy", y);
  attribute("r", radius);
  close("circle", title);
}

void Svg::path(std::string_view data, std::string_view kind) {
  open("path", kind);
  out_.append(" d=\"").append(data).append("\"/>\n");
}

void Svg::text(double x, double y, std::string_view words, std::string_view kind, Anchor anchor) {
  open("text", kind);
  attribute("x", x);
  attribute("y", y);
  if (anchor == Anchor::middle) out_ += " text-anchor=\"middle\"";
  if (anchor == Anchor::end) out_ += " text-anchor=\"end\"";
  out_.append(">").append(escaped_markup(words)).append("</text>\n");
}

std::string Svg::take() { return std::move(out_.append("</svg>\n")); }

}  // namespace llmfit::render
