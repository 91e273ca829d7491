// SPDX-License-Identifier: MIT
#include "render/fit_memory.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "render/fit_explain.hpp"
#include "render/sum.hpp"

namespace llmfit::render {
namespace {

/// As places that offer files list them: in units of 10^9 or 10^6 bytes.
std::string file_text(Bytes bytes) {
  const auto count = static_cast<double>(bytes.count());
  return count < 1e9 ? base::fixed(count / 1e6, 0) + " MB" : base::fixed(count / 1e9, 1) + " GB";
}

std::string weights_note(const FormatResult& format) {
  if (!format.weights) return {};
  const auto& weights = *format.weights;
  auto bits = base::fixed(weights.bits_per_weight, 2) + " bits per weight";
  if (weights.tensor_count <= 1) return bits;  // known by size only
  auto note = base::grouped(weights.tensor_count) + " tensors, " + bits;
  if (format.file) note += ", file " + file_text(format.file->total());
  return note;
}

/// What stands beside a bar: the sum in numbers, and the band of an estimate.
std::string bar_note(const FormatResult& format, const Term& term) {
  std::string note;
  if (term.kind == TermKind::weights) note = weights_note(format);
  if (term.kind == TermKind::kv_cache) note = cache_sum(term);
  if (term.kind == TermKind::state) note = state_sum(term);
  if (term.basis == Basis::exact) return note;
  return note.empty() ? basis_text(term) : note + "; " + basis_text(term);
}

/// Adds two printed figures; unknown where neither is known.
Cell sum_of(const Cell& a, const Cell& b) {
  const auto* x = std::get_if<Number>(&a);
  const auto* y = std::get_if<Number>(&b);
  if (x == nullptr) return b;
  if (y == nullptr) return a;
  return Number{x->value + y->value, x->digits};
}

Cell part_cell(const PrintedSum& sum, std::size_t row) {
  const auto steps = sum.parts[row];
  return steps ? Cell{Number{in_gib(sum, *steps), sum.digits}} : Unknown{};
}

Cell& cell_for(MemoryCells& cells, const std::string& name) {
  if (name == to_string(TermKind::weights)) return cells.weights;
  return name == to_string(TermKind::kv_cache) ? cells.kv_cache : cells.other;
}

}  // namespace

Bars memory_bars(const FormatResult& format) {
  Bars bars;
  if (!format.footprint) return bars;
  const auto& terms = format.footprint->terms;
  for (const auto kind : all_terms) {
    const auto term = std::find_if(terms.begin(), terms.end(),
                                   [kind](const Term& it) { return it.kind == kind; });
    const std::string name(to_string(kind));
    if (term == terms.end()) {
      bars.rows.push_back({name, std::nullopt, "not known"});
      bars.total_name = "total of what is known";
    } else if (term->bytes != Bytes{}) {
      bars.rows.push_back({name, term->bytes, bar_note(format, *term)});
    }
  }
  return bars;
}

MemoryCells memory_cells(const FormatResult& format) {
  MemoryCells cells{Unknown{}, Unknown{}, Unknown{}, Unknown{}};
  if (!format.footprint) return cells;
  const auto bars = memory_bars(format);
  const auto sum = printed_sum(bars);
  for (std::size_t row = 0; row < bars.rows.size(); ++row) {
    auto& cell = cell_for(cells, bars.rows[row].name);
    cell = sum_of(cell, part_cell(sum, row));
  }
  // A cache that is known to be nothing has no bar: it is 0, not unknown.
  if (format.footprint->of(TermKind::kv_cache) == Bytes{}) cells.kv_cache = Number{0, sum.digits};
  cells.total = Number{in_gib(sum, sum.total), sum.digits};
  return cells;
}

}  // namespace llmfit::render
