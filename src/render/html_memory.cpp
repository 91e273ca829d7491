// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "render/chart_axis.hpp"
#include "render/html_picture.hpp"
#include "render/svg.hpp"

namespace llmfit::render {
namespace {

constexpr double row_height = 30;
constexpr double bar_height = 18;
constexpr double flag_height = 16;
constexpr double foot = 34;  ///< ticks and their unit
constexpr double key_height = 16;
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

bool touch(const Flag& a, const Flag& b) {
  if (a.level == b.level && a.left < b.right + 4 && b.left < a.right + 4) return true;
  return (covers(a, b.x) && a.level <= b.level) || (covers(b, a.x) && b.level <= a.level);
}

/// Raises one of two that touch: a name above the lines that it reaches over, else the first above
/// the second.
void part(Flag& a, Flag& b) {
  if (covers(b, a.x) && b.level <= a.level) {
    b.level = a.level + 1;
  } else {
    a.level = b.level + 1;
  }
}

/// Each as low as the others let it stand. False: there is no such way.
bool raise(std::vector<Flag>& flags) {
  bool apart = false;
  for (std::size_t round = 0; !apart && round < 4 * flags.size(); ++round) {
    apart = true;
    for (std::size_t i = flags.size(); i-- > 0;) {
      for (std::size_t j = i + 1; j < flags.size(); ++j) {
        if (!touch(flags[i], flags[j])) continue;
        part(flags[i], flags[j]);
        apart = false;
      }
    }
  }
  return apart || flags.empty();
}

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
    const auto height = bottom() + foot + key_height * static_cast<double>(keys_.size()) + 4;
    Svg svg(width_, height, "Memory against what cards hold", description());
    ticks(svg);
    for (std::size_t i = 0; i < chart_.rows.size(); ++i) bar(svg, i);
    marks(svg);
    keys(svg);
    return svg.take();
  }

 private:
  [[nodiscard]] double plot() const { return width_ - left_ - right_; }
  [[nodiscard]] double x_of(double gib) const { return left_ + plot() * axis_.at(gib); }
  [[nodiscard]] double top() const { return 4 + flag_height * levels_; }
  [[nodiscard]] double bottom() const {
    return top() + row_height * static_cast<double>(chart_.rows.size());
  }

  /// Behind its line, or before it where it would leave the drawing or reach over a line whose
  /// name stands before it.
  static Flag flag_of(double x, double width, double& edge) {
    const bool behind = x + 4 + width <= edge;
    if (!behind) edge = x - 4;
    const double left = behind ? x + 4 : x - 4 - width;
    return {x, left, left + width, 0};
  }

  /// Where the names of all marks have room; false: they have none.
  bool place(const std::vector<std::string>& names) {
    flags_.clear();
    double edge = width_;
    for (std::size_t i = names.size(); i-- > 0;) {
      const double x = x_of(in_gib(chart_.marks[i].bytes));
      flags_.push_back(flag_of(x, text_width(names[i]), edge));
      if (flags_.back().left < 0) return false;
    }
    std::reverse(flags_.begin(), flags_.end());
    return raise(flags_);
  }

  /// With their names, or with letters that are explained below the drawing.
  void place_flags() {
    for (const auto& mark : chart_.marks) names_.push_back(mark.name);
    if (!place(names_)) {
      for (std::size_t i = 0; i < names_.size(); ++i) {
        names_[i] = std::string(1, static_cast<char>('A' + i));
        const auto columns = static_cast<std::size_t>(width_ / text_width("x"));
        for (auto& line : base::wrap(names_[i] + ": " + chart_.marks[i].name, columns)) {
          keys_.push_back(std::move(line));
        }
      }
      place(names_);
    }
    for (const auto& flag : flags_) levels_ = std::max(levels_, flag.level + 1);
  }

  void keys(Svg& svg) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      svg.text(0, bottom() + foot + key_height * static_cast<double>(i + 1), keys_[i], "tick");
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
      const bool before = flag.left < flag.x;
      svg.text(before ? flag.right : flag.left, y + 12, names_[i], "tick",
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
  int levels_ = 0;
  Axis axis_;
  std::vector<Flag> flags_;
  std::vector<std::string> names_;  ///< of the marks, as they are drawn
  std::vector<std::string> keys_;   ///< what letters stand for; empty: there are none
};

}  // namespace

std::string memory_svg(const MemoryChart& chart, double width) {
  return MemoryDrawing(chart, width).draw();
}

}  // namespace llmfit::render
