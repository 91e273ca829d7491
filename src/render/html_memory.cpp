// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "render/chart_axis.hpp"
#include "render/html_picture.hpp"
#include "render/svg.hpp"

namespace llmfit::render {
namespace {

constexpr double row_height = 30;
constexpr double bar_height = 18;
constexpr double flag_height = 16;
constexpr double foot = 34;  ///< ticks and their unit
constexpr double pixels_a_tick = 70;

double in_gib(Bytes bytes) { return static_cast<double>(bytes.count()) / 1073741824.0; }

Bytes known_total(const MemoryChart::Row& row) {
  Bytes total;
  for (const auto& part : row.parts) total += part.value_or(Bytes{});
  return total;
}

/// The name of a mark beside the top of its line, on a level of its own where names would meet.
struct Flag {
  double x = 0;
  int level = 0;
};

/// Where everything stands in the drawing.
class MemoryDrawing {
 public:
  MemoryDrawing(const MemoryChart& chart, double width) : chart_(chart), width_(width) {
    for (const auto& row : chart.rows) {
      left_ = std::max(left_, text_width(row.name) + 10);
      right_ = std::max(right_, text_width(row.total) + 8);
    }
    double most = 0;
    for (const auto& row : chart.rows) most = std::max(most, in_gib(known_total(row)));
    for (const auto& mark : chart.marks) most = std::max(most, in_gib(mark.bytes));
    axis_ = linear_axis(std::max(most, 1e-3), static_cast<int>(plot() / pixels_a_tick));
    place_flags();
  }

  std::string draw() {
    const auto height = bottom() + foot;
    Svg svg(width_, height, "Memory against what cards hold", description());
    ticks(svg);
    for (std::size_t i = 0; i < chart_.rows.size(); ++i) bar(svg, i);
    marks(svg);
    return svg.take();
  }

 private:
  [[nodiscard]] double plot() const { return width_ - left_ - right_; }
  [[nodiscard]] double x_of(double gib) const { return left_ + plot() * axis_.at(gib); }
  [[nodiscard]] double top() const { return 4 + flag_height * levels_; }
  [[nodiscard]] double bottom() const {
    return top() + row_height * static_cast<double>(chart_.rows.size());
  }

  /// From the right: a name that reaches over the next lines stands above all of those.
  void place_flags() {
    flags_.resize(chart_.marks.size());
    for (std::size_t i = chart_.marks.size(); i-- > 0;) {
      auto& flag = flags_[i];
      flag.x = x_of(in_gib(chart_.marks[i].bytes));
      const double end = flag.x + text_width(chart_.marks[i].name) + 8;
      for (std::size_t j = i + 1; j < flags_.size(); ++j) {
        if (flags_[j].x < end) flag.level = std::max(flag.level, flags_[j].level + 1);
      }
      levels_ = std::max(levels_, flag.level + 1);
    }
  }

  void ticks(Svg& svg) const {
    for (const auto& tick : axis_.ticks) {
      const double x = x_of(tick.value);
      svg.line(x, top(), x, bottom(), "grid");
      svg.text(x, bottom() + 15, tick.label, "tick", Anchor::middle);
    }
    svg.text(left_ + plot() / 2, bottom() + 30, "GiB", "tick", Anchor::middle);
  }

  void bar(Svg& svg, std::size_t index) const {
    const auto& row = chart_.rows[index];
    const double y = top() + row_height * static_cast<double>(index);
    svg.text(left_ - 8, y + row_height / 2 + 4, row.name, "label", Anchor::end);
    double before = 0;
    for (std::size_t part = 0; part < row.parts.size(); ++part) {
      const double size = in_gib(row.parts[part].value_or(Bytes{}));
      if (size <= 0) continue;
      const double x = x_of(before);
      before += size;
      svg.rectangle({x, y + (row_height - bar_height) / 2, x_of(before) - x, bar_height},
                    "part" + std::to_string(part),
                    row.name + ": " + chart_.parts[part] + " " +
                        base::gib_text(*row.parts[part], base::Round::up) + " GiB");
    }
    svg.text(width_, y + row_height / 2 + 4, row.total, "label", Anchor::end);
  }

  void marks(Svg& svg) const {
    for (std::size_t i = 0; i < flags_.size(); ++i) {
      const auto& flag = flags_[i];
      const double y = top() - flag_height * (flag.level + 1);
      svg.line(flag.x, y + 2, flag.x, bottom(), "mark");
      svg.text(flag.x + 4, y + 12, chart_.marks[i].name, "tick");
    }
  }

  [[nodiscard]] std::string description() const {
    std::string text;
    for (const auto& row : chart_.rows) {
      text.append(text.empty() ? "" : "; ").append(row.name).append(" ").append(row.total);
    }
    for (const auto& mark : chart_.marks) {
      text.append("; ").append(mark.name).append(" holds ");
      text.append(base::gib_text(mark.bytes, base::Round::down)).append(" GiB");
    }
    return text;
  }

  const MemoryChart& chart_;
  double width_;
  double left_ = 0;
  double right_ = 0;
  int levels_ = 0;
  Axis axis_;
  std::vector<Flag> flags_;
};

}  // namespace

std::string memory_svg(const MemoryChart& chart, double width) {
  return MemoryDrawing(chart, width).draw();
}

}  // namespace llmfit::render
