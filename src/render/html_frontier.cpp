// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "render/chart_axis.hpp"
#include "render/html_picture.hpp"
#include "render/label_places.hpp"
#include "render/svg.hpp"

namespace llmfit::render {
namespace {

constexpr double top = 26;
constexpr double foot = 40;
constexpr double right = 14;
constexpr double marker = 4.5;
constexpr double bold = 1.08;  ///< how much wider than other text names are

struct Range {
  double least = 1e300;
  double most = 0;
  void add(double value) {
    if (value > 0) least = std::min(least, value);
    most = std::max(most, value);
  }
};

class FrontierDrawing {
 public:
  FrontierDrawing(const FrontierChart& chart, double width)
      : chart_(chart),
        width_(width),
        height_(width < 500   ? 340
                : width < 900 ? 420
                              : 480) {
    Range x;
    Range y;
    for (const auto& point : chart.beaten) {
      x.add(point.x);
      y.add(point.y);
    }
    for (const auto& best : chart.best) {
      x.add(best.at.x);
      y.add(best.low);
      y.add(best.high);
    }
    y_ = axis_for(y.least, y.most, static_cast<int>(height_ / 40));
    for (const auto& tick : y_.ticks) left_ = std::max(left_, text_width(tick.label) + 10);
    x_ = axis_for(x.least, x.most, static_cast<int>(plot_width() / 45));
  }

  std::string draw() {
    Svg svg(width_, height_, "Price against speed", description());
    axes(svg);
    cloud(svg);
    staircase(svg);
    for (const auto& best : chart_.best) whisker(svg, best);
    for (std::size_t i = 0; i < chart_.best.size(); ++i) point(svg, i);
    labels(svg);
    return svg.take();
  }

 private:
  [[nodiscard]] double plot_width() const { return width_ - left_ - right; }
  [[nodiscard]] double bottom() const { return height_ - foot; }
  [[nodiscard]] double x_of(double value) const { return left_ + plot_width() * x_.at(value); }
  [[nodiscard]] double y_of(double value) const {
    return bottom() - (bottom() - top) * y_.at(value);
  }

  void axes(Svg& svg) const {
    for (const auto& tick : y_.ticks) {
      const double y = y_of(tick.value);
      svg.line(left_, y, width_ - right, y, "grid");
      svg.text(left_ - 6, y + 4, tick.label, "tick", Anchor::end);
    }
    for (const auto& tick : x_.ticks) {
      const double x = x_of(tick.value);
      svg.line(x, top, x, bottom(), "grid");
      svg.text(x, bottom() + 16, tick.label, "tick", Anchor::middle);
    }
    const auto scale = [](const Axis& axis) { return axis.logarithmic ? " (log scale)" : ""; };
    svg.text(0, 12, chart_.y_name + scale(y_), "tick");
    svg.text(width_ - right, height_ - 6, chart_.x_name + scale(x_), "tick", Anchor::end);
  }

  /// Points that would cover each other are drawn once.
  void cloud(Svg& svg) const {
    std::set<std::pair<long, long>> seen;
    std::string data;
    for (const auto& point : chart_.beaten) {
      const auto x = std::lround(x_of(point.x));
      const auto y = std::lround(y_of(point.y));
      if (!seen.insert({x, y}).second) continue;
      data.append("M").append(std::to_string(x)).append(" ").append(std::to_string(y)).append("h0");
    }
    if (!data.empty()) svg.path(data, "cloud");
  }

  /// The most speed that a price buys.
  void staircase(Svg& svg) const {
    std::string data;
    for (const auto& best : chart_.best) {
      const auto x = Svg::number(x_of(best.at.x));
      const auto y = Svg::number(y_of(best.at.y));
      const bool first = data.empty();
      data.append(first ? "M" : "H").append(x).append(first ? " " : "V").append(y);
    }
    svg.path(data + "H" + Svg::number(width_ - right), "stairs");
  }

  void whisker(Svg& svg, const FrontierChart::Best& best) const {
    const double x = x_of(best.at.x);
    const double low = y_of(best.low);
    const double high = y_of(best.high);
    svg.line(x, low, x, high, "whisker");
    for (const double y : {low, high}) svg.line(x - 3, y, x + 3, y, "whisker");
  }

  void point(Svg& svg, std::size_t index) const {
    const auto& best = chart_.best[index];
    svg.circle(x_of(best.at.x), y_of(best.at.y), marker, "best",
               std::to_string(index + 1) + ": " + best.title);
  }

  /// Number and name; over the cloud where there is no other room, else the number alone, as in the
  /// table.
  void labels(Svg& svg) const {
    LabelPlaces places({left_, 14, width_ - left_, bottom() - 16});
    for (const auto& point : chart_.beaten) {
      places.avoid({x_of(point.x) - 2, y_of(point.y) - 2, 4, 4});
    }
    for (std::size_t i = 0; i < chart_.best.size(); ++i) {
      const auto& best = chart_.best[i];
      const double x = x_of(best.at.x);
      const double y = y_of(best.at.y);
      const bool last = i + 1 == chart_.best.size();
      const double next = last ? width_ - right : x_of(chart_.best[i + 1].at.x);
      places.block({x - marker, y - marker, 2 * marker, 2 * marker});
      places.avoid({x - 1, y_of(best.high), 2, y_of(best.low) - y_of(best.high)});
      places.avoid({x, y - 1, next - x, 2});  // the stairs
      if (!last)
        places.avoid(
            {next - 1, y_of(chart_.best[i + 1].at.y), 2, y - y_of(chart_.best[i + 1].at.y)});
    }
    const bool named = width_ >= 500 || chart_.best.size() <= 3;
    for (std::size_t i = 0; i < chart_.best.size(); ++i) {
      const auto number = std::to_string(i + 1);
      if (named && label(svg, places, i, number + " · " + chart_.best[i].name, false)) continue;
      if (named && label(svg, places, i, number + " · " + chart_.best[i].name, true)) continue;
      if (label(svg, places, i, number, false)) continue;
      label(svg, places, i, number, true);
    }
  }

  bool label(Svg& svg, LabelPlaces& places, std::size_t index, const std::string& words,
             bool over) const {
    const double x = x_of(chart_.best[index].at.x);
    const double y = y_of(chart_.best[index].at.y);
    LabelPlaces::Place place;
    if (!places.find(x, y, text_width(words) * bold, over, place)) return false;
    if (place.far) svg.line(x, y, place.x, place.y < y ? place.y + 3 : place.y - 9, "leader");
    svg.text(place.x, place.y, words, "name", place.anchor);
    return true;
  }

  [[nodiscard]] std::string description() const {
    std::string text;
    for (std::size_t i = 0; i < chart_.best.size(); ++i) {
      text.append(i == 0 ? "" : "; ").append(std::to_string(i + 1)).append(": ");
      text.append(chart_.best[i].title);
    }
    return text;
  }

  const FrontierChart& chart_;
  double width_;
  double height_;
  double left_ = 30;
  Axis x_;
  Axis y_;
};

}  // namespace

std::string frontier_svg(const FrontierChart& chart, double width) {
  return FrontierDrawing(chart, width).draw();
}

}  // namespace llmfit::render
