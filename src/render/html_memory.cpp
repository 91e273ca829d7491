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
  double x = 0;     ///< of the line, which reaches from its level to the bars
  double left = 0;  ///< of the name
  double right = 0;
  int level = 0;
};

bool covers(const Flag& flag, double x) { return flag.left - 2 < x && x < flag.right + 2; }

/// Raises one of two flags where they touch: a name above the lines that it reaches over, else the
/// first above the second. False: they are apart.
bool part(Flag& a, Flag& b) {
  if (covers(a, b.x) && a.level <= b.level) {
    a.level = b.level + 1;
  } else if (covers(b, a.x) && b.level <= a.level) {
    b.level = a.level + 1;
  } else if (a.level == b.level && a.left < b.right + 4 && b.left < a.right + 4) {
    ++a.level;
  } else {
    return false;
  }
  return true;
}

/// Where everything stands in the drawing.
class MemoryDrawing {
 public:
  MemoryDrawing(const MemoryChart& chart, double width)
      : chart_(chart), width_(width), edge_(width) {
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

  /// A name stands behind its line, or before it where it would leave the drawing or reach over a
  /// line whose name stands before it.
  void place_flags() {
    for (std::size_t i = chart_.marks.size(); i-- > 0;) {
      Flag flag;
      flag.x = x_of(in_gib(chart_.marks[i].bytes));
      const double width = text_width(chart_.marks[i].name);
      const bool behind = flag.x + 4 + width <= edge_ || flag.x - 4 - width < 0;
      if (!behind) edge_ = flag.x - 4;
      flag.left = behind ? flag.x + 4 : flag.x - 4 - width;
      flag.right = flag.left + width;
      flags_.push_back(flag);
    }
    std::reverse(flags_.begin(), flags_.end());
    raise_flags();
  }

  /// Each as low as the others let it stand.
  void raise_flags() {
    const auto count = flags_.size();
    bool moved = true;
    for (std::size_t round = 0; moved && round < 4 * count; ++round) {
      moved = false;
      for (std::size_t i = count; i-- > 0;) {
        for (std::size_t j = i + 1; j < count; ++j) moved |= part(flags_[i], flags_[j]);
      }
    }
    for (const auto& flag : flags_) levels_ = std::max(levels_, flag.level + 1);
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
      const bool before = flag.left < flag.x;
      svg.text(before ? flag.right : flag.left, y + 12, chart_.marks[i].name, "tick",
               before ? Anchor::end : Anchor::start);
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
  double edge_ = 0;  ///< up to where names may reach
  int levels_ = 0;
  Axis axis_;
  std::vector<Flag> flags_;
};

}  // namespace

std::string memory_svg(const MemoryChart& chart, double width) {
  return MemoryDrawing(chart, width).draw();
}

}  // namespace llmfit::render
