// SPDX-License-Identifier: MIT
#include "render/bars.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "render/grid.hpp"
#include "render/sum.hpp"

namespace llmfit::render {
namespace {

constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
constexpr std::size_t figure_width = 8;
constexpr std::size_t narrowest_note = 16;
constexpr std::size_t note_indent = figure_width + 2;

/// Widths of the parts of a line; the bar shrinks first, then the note moves below.
struct BarLayout {
  std::size_t bar = 24;
  std::size_t name = 0;
  std::optional<std::size_t> note;  ///< absent: as wide as it is
  bool note_below = false;
};

std::size_t name_width(const Bars& bars, const Ink& ink) {
  std::size_t width = 0;
  for (const auto& bar : bars.rows) {
    width = std::max(width, base::display_width(ink.text(bar.name)));
  }
  return width;
}

BarLayout choose_layout(const Bars& bars, std::optional<std::size_t> width, const Ink& ink) {
  BarLayout layout;
  layout.name = name_width(bars, ink);
  if (!width) return layout;
  if (*width < 72) layout.bar = 12;
  if (*width < 48) layout.bar = 6;
  const auto left = figure_width + 2 + layout.bar + 2 + layout.name + 2;
  layout.note_below = *width < left + narrowest_note;
  layout.note = layout.note_below ? std::max(*width, note_indent + 8) - note_indent : *width - left;
  return layout;
}

std::string padded_left(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string padded_right(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, base::display_width(text)), ' ');
}

std::string first_part(const std::string& figure, const std::string& bar, const std::string& name,
                       const BarLayout& layout, const Ink& ink) {
  return padded_left(figure, figure_width) + "  " + ink.paint(Tone::bar, bar) +
         std::string(layout.bar - std::min(layout.bar, base::display_width(bar)), ' ') + "  " +
         name;
}

void add_note(std::vector<std::string>& lines, const std::string& note, const BarLayout& layout) {
  if (note.empty()) return;
  const auto parts = layout.note ? wrap_hard(note, *layout.note) : std::vector<std::string>{note};
  const auto indent =
      layout.note_below ? note_indent : figure_width + 2 + layout.bar + 2 + layout.name + 2;
  std::size_t next = 0;
  if (!layout.note_below) lines.back().append("  ").append(parts[next++]);
  for (; next < parts.size(); ++next) lines.push_back(std::string(indent, ' ') + parts[next]);
}

}  // namespace

std::string bar_text(double share, std::size_t columns, bool unicode) {
  const double length = std::clamp(share, 0.0, 1.0) * static_cast<double>(columns);
  std::string bar;
  if (!unicode) return bar.append(static_cast<std::size_t>(std::lround(length)), '#');
  // A part that exists shows at least the thinnest bar.
  auto eighth_count = static_cast<std::size_t>(std::lround(length * 8));
  if (share > 0) eighth_count = std::max<std::size_t>(eighth_count, 1);
  for (std::size_t i = 0; i < eighth_count / 8; ++i) bar += "█";
  return bar.append(eighths[eighth_count % 8]);
}

std::vector<std::string> layout_bars(const Bars& bars, std::optional<std::size_t> width,
                                     const Ink& ink) {
  const auto layout = choose_layout(bars, width, ink);
  const auto sum = printed_sum(bars);
  const auto shares = bar_shares(bars);
  std::vector<std::string> lines{padded_left("GiB", figure_width)};
  for (std::size_t i = 0; i < bars.rows.size(); ++i) {
    const auto note = ink.text(bars.rows[i].note);
    auto name = ink.text(bars.rows[i].name);
    if (!note.empty() && !layout.note_below) name = padded_right(name, layout.name);
    lines.push_back(first_part(steps_text(sum, sum.parts[i]),
                               bar_text(shares[i], layout.bar, ink.unicode()), name, layout, ink));
    add_note(lines, note, layout);
  }
  lines.push_back(
      first_part(steps_text(sum, sum.total), "", ink.text(bars.total_name), layout, ink));
  return lines;
}

}  // namespace llmfit::render
