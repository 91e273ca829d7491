// SPDX-License-Identifier: MIT
#include "render/fit_picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "placement/sharing.hpp"
#include "render/fit_memory.hpp"
#include "render/sum.hpp"

namespace llmfit::render {
namespace {

using Mark = MemoryChart::Mark;

constexpr std::size_t most_marks = 9;
/// Marks that stand nearer to each other than this part of the axis are one.
constexpr double nearest = 0.03;

struct UsualSize {
  double gb;
  std::int64_t cards;
};
/// Sizes that cards are sold in, then machines full of them.
constexpr std::array<UsualSize, 11> usual_sizes{{{8, 1},
                                                 {12, 1},
                                                 {16, 1},
                                                 {24, 1},
                                                 {48, 1},
                                                 {80, 1},
                                                 {80, 2},
                                                 {80, 4},
                                                 {80, 8},
                                                 {80, 16},
                                                 {80, 32}}};

Bytes room_on(const FitView& view, const GpuRecord& gpu) {
  const auto device = device_of(gpu, view.request.hardware.limits);
  const auto* workload = shared_workload(view);
  return workload == nullptr ? device.usable : placement::available(*workload, device);
}

void add_mark(std::vector<Mark>& marks, Mark mark) {
  const auto same = [&](const Mark& it) { return it.name == mark.name; };
  if (mark.bytes > Bytes{} && std::none_of(marks.begin(), marks.end(), same)) {
    marks.push_back(std::move(mark));
  }
}

/// The sets of the answer, as far as they are of whole cards.
std::vector<Mark> marks_of_sets(const FitView& view) {
  std::vector<Mark> marks;
  for (const auto& format : view.result.formats) {
    for (const auto& candidate : format.candidates) {
      if (candidate.gpus.empty() || card_count(candidate) < 1) continue;
      Bytes room;
      for (const auto& part : candidate.gpus) {
        room += room_on(view, *part.gpu) * static_cast<std::int64_t>(part.count);
      }
      add_mark(marks, {set_name(candidate), room});
    }
  }
  return marks;
}

/// What half of the cards of that size have at least.
std::optional<Bytes> room_of_size(const FitView& view, double gb) {
  std::vector<Bytes> rooms;
  for (const auto& gpu : view.catalog.gpus()) {
    if (gpu.memory_gib == gb && gpu.vendor == "nvidia") rooms.push_back(room_on(view, gpu));
  }
  if (rooms.empty()) return std::nullopt;
  const auto middle = rooms.begin() + static_cast<std::ptrdiff_t>(rooms.size() / 2);
  std::nth_element(rooms.begin(), middle, rooms.end());
  return *middle;
}

/// Up to the first that holds everything.
std::vector<Mark> marks_of_sizes(const FitView& view, Bytes most) {
  std::vector<Mark> marks;
  for (const auto& size : usual_sizes) {
    const auto room = room_of_size(view, size.gb);
    if (!room) continue;
    const auto name = std::to_string(std::lround(size.gb)) + " GB";
    const auto bytes = *room * size.cards;
    add_mark(marks, {size.cards > 1 ? std::to_string(size.cards) + " × " + name : name, bytes});
    if (bytes >= most) break;
  }
  return marks;
}

/// Smallest first; of those that would touch each other the names stand together, or the larger one
/// stands for both where names are sizes.
void thin_out(std::vector<Mark>& marks, Bytes most, bool join) {
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.bytes < b.bytes; });
  if (marks.empty()) return;
  const auto axis = static_cast<double>(std::max(most, marks.back().bytes).count());
  const double apart = axis * (join ? 0.004 : nearest);
  std::vector<Mark> kept;
  std::vector<int> others;
  for (auto& mark : marks) {
    const bool near =
        !kept.empty() && static_cast<double>((mark.bytes - kept.back().bytes).count()) < apart;
    if (near && join) {
      ++others.back();
      if (others.back() == 1) kept.back().name += ", " + mark.name;
    } else if (near) {
      kept.back() = std::move(mark);
    } else {
      kept.push_back(std::move(mark));
      others.push_back(0);
    }
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (others[i] > 1) kept[i].name += " and " + std::to_string(others[i] - 1) + " more";
  }
  marks = std::move(kept);
}

bool names_hardware(const HardwareRequest& hardware) {
  return hardware.local || !hardware.together.empty() || !hardware.alternatives.empty();
}

std::vector<Mark> marks_for(const FitView& view, Bytes most) {
  std::vector<Mark> marks;
  const bool named = names_hardware(view.request.hardware);
  if (named) marks = marks_of_sets(view);
  if (named && !marks.empty()) thin_out(marks, most, true);
  if (!marks.empty() && marks.size() <= most_marks) return marks;
  marks = marks_of_sizes(view, most);
  thin_out(marks, most, false);
  return marks;
}

MemoryChart::Row row_of(const FormatResult& format) {
  MemoryChart::Row row{std::string(format_id(format)), {}, {}};
  for (const auto kind : all_terms) row.parts.push_back(format.footprint->of(kind));
  const auto sum = printed_sum(memory_bars(format));
  const bool whole = format.footprint->of(TermKind::kv_cache).has_value();
  row.total = (whole ? "" : "from ") + steps_text(sum, sum.total) + " GiB";
  return row;
}

}  // namespace

MemoryChart memory_chart(const FitView& view) {
  MemoryChart chart;
  for (const auto kind : all_terms) chart.parts.emplace_back(to_string(kind));
  Bytes most;
  for (const auto& format : view.result.formats) {
    if (!format.footprint) continue;
    chart.rows.push_back(row_of(format));
    most = std::max(most, format.footprint->total());
  }
  if (!chart.rows.empty()) chart.marks = marks_for(view, most);
  return chart;
}

}  // namespace llmfit::render
