// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace llmfit::render {

/// Text as it may stand between tags and in quoted attributes of HTML and SVG.
std::string escaped_markup(std::string_view text);

/// Where a text begins, ends or has its middle.
enum class Anchor { start, middle, end };

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Writes one drawing, in units of a pixel, that scales with its place. Looks are classes that the
/// page's style knows.
class Svg {
 public:
  Svg(double width, double height, std::string_view title, std::string_view description);

  void line(double x1, double y1, double x2, double y2, std::string_view kind);
  /// `title` is what a pointer over it shows; may be empty.
  void rectangle(const Box& box, std::string_view kind, std::string_view title = {});
  void circle(double x, double y, double radius, std::string_view kind,
              std::string_view title = {});
  void path(std::string_view data, std::string_view kind);
  /// `y` is the base line.
  void text(double x, double y, std::string_view words, std::string_view kind,
            Anchor anchor = Anchor::start);

  [[nodiscard]] std::string take();

  /// A coordinate with at most one decimal.
  static std::string number(double value);

 private:
  void open(std::string_view tag, std::string_view kind);
  void attribute(std::string_view name, double value);
  void close(std::string_view tag, std::string_view title);

  std::string out_;
};

/// About how wide a text of the drawings is.
double text_width(std::string_view words);

}  // namespace llmfit::render
