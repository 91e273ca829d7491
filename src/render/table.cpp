// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/text.hpp"
#include "render/bars.hpp"
#include "render/columns.hpp"
#include "render/grid.hpp"
#include "render/ink.hpp"
#include "render/render.hpp"

namespace llmfit::render {
namespace {

constexpr std::size_t title_width = 100;  ///< where a pipe has no width of its own
constexpr std::size_t narrowest = 20;

std::optional<std::size_t> columns_of(const Terminal& terminal) {
  if (!terminal.width) return std::nullopt;
  return std::max(narrowest, static_cast<std::size_t>(std::max(*terminal.width, 0)));
}

/// Writes a report line by line and remembers what has to be said at its end.
class TextReport {
 public:
  explicit TextReport(const Terminal& terminal) : ink_(terminal), width_(columns_of(terminal)) {}

  void title(const Report& report);
  void section(const Section& section);
  void legends(bool unknown);
  std::string take() { return std::move(out_); }

 private:
  void line(std::string_view text) { out_.append(text).push_back('\n'); }
  void wrapped(Tone tone, const std::string& text, std::size_t hanging = 0);
  void separate(bool tight);

  void body(const Paragraph& paragraph);
  void body(const Pairs& pairs);
  void body(const Bars& bars);
  void body(const Table& table);
  void body(const Picture&) {}  // left out, see is_picture

  Ink ink_;
  std::optional<std::size_t> width_;
  std::string out_;
  bool after_note_ = false;
  std::vector<std::string> hidden_;
};

void TextReport::wrapped(Tone tone, const std::string& text, std::size_t hanging) {
  const auto shown = ink_.text(text);
  if (!width_) return line(ink_.paint(tone, shown));
  std::size_t indent = 0;
  for (const auto& part : wrap_hard(shown, *width_ - hanging)) {
    line(std::string(indent, ' ') + ink_.paint(tone, part));
    indent = hanging;
  }
}

void TextReport::title(const Report& report) {
  if (report.title.empty()) return;
  const auto title = ink_.text(report.title);
  const auto aside = ink_.text(report.aside);
  const auto used = base::display_width(title) + base::display_width(aside);
  const auto room = std::min(width_.value_or(title_width), title_width);
  if (aside.empty() || (width_ && used + 2 > room)) {
    wrapped(Tone::title, report.title);
    if (!aside.empty()) wrapped(Tone::dim, report.aside);
    return;
  }
  const auto gap = std::max<std::size_t>(2, room - std::min(room, used));
  line(ink_.paint(Tone::title, title) + std::string(gap, ' ') + ink_.paint(Tone::dim, aside));
}

/// An empty line before everything but the first and a note after a note.
void TextReport::separate(bool tight) {
  if (!out_.empty() && !(tight && after_note_)) line("");
  after_note_ = tight;
}

void TextReport::section(const Section& section) {
  separate(section.heading.empty() && std::holds_alternative<Paragraph>(section.body));
  if (!section.heading.empty()) wrapped(Tone::heading, section.heading);
  std::visit([this](const auto& it) { body(it); }, section.body);
}

void TextReport::body(const Paragraph& paragraph) {
  switch (paragraph.voice) {
    case Voice::plain:
      return wrapped(Tone::plain, paragraph.text);
    case Voice::note:
      return wrapped(Tone::dim, "note: " + paragraph.text, 2);
    case Voice::warning:
      return wrapped(Tone::warning, "warning: " + paragraph.text, 2);
  }
}

void TextReport::body(const Pairs& pairs) {
  std::size_t label_width = 0;
  for (const auto& pair : pairs.rows) {
    label_width = std::max(label_width, base::display_width(ink_.text(pair.label)));
  }
  const auto left = 2 + label_width + 2;
  const bool below = width_ && *width_ < left + 20;
  const auto indent = below ? 4 : left;
  for (const auto& pair : pairs.rows) {
    const auto value = ink_.text(human(pair.value));
    const auto parts =
        width_ ? wrap_hard(value, *width_ - indent) : std::vector<std::string>{value};
    auto start = "  " + ink_.text(pair.label);
    if (below) line(start);
    start.append(left - std::min(left, base::display_width(start)), ' ');
    for (std::size_t i = 0; i < parts.size(); ++i) {
      line((i == 0 && !below ? start : std::string(indent, ' ')) + parts[i]);
    }
  }
}

void TextReport::body(const Bars& bars) {
  for (const auto& text : layout_bars(bars, width_, ink_)) line(text);
}

void TextReport::body(const Table& table) {
  const auto grid = layout_grid(shown_columns(table), width_, 2, ink_);
  for (const auto& text : grid.lines) line(text);
  for (const auto& header : grid.hidden) {
    if (std::find(hidden_.begin(), hidden_.end(), header) == hidden_.end())
      hidden_.push_back(header);
  }
}

void TextReport::legends(bool unknown) {
  if (unknown || !hidden_.empty()) separate(false);
  if (unknown) wrapped(Tone::dim, "- is unknown, not zero");
  if (hidden_.empty()) return;
  std::string names;
  for (const auto& header : hidden_) names.append(names.empty() ? "" : ", ").append(header);
  wrapped(Tone::dim, "columns hidden: " + names + "; widen the terminal or use --format csv");
}

}  // namespace

std::string render_table(const Report& report, const Terminal& terminal) {
  TextReport text(terminal);
  text.title(report);
  for (const auto& section : report.sections) {
    if (!is_blank(section) && !is_picture(section)) text.section(section);
  }
  text.legends(has_unknown(report));
  return text.take();
}

}  // namespace llmfit::render
