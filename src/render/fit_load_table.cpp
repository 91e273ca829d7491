// SPDX-License-Identifier: MIT
#include "render/fit_load_table.hpp"

#include <utility>

#include "base/numbers.hpp"

namespace llmfit::render {
namespace {

std::string heading(const FormatResult& format, const LoadTable& table) {
  const std::string id(format_id(format));
  if (!table.candidate) return id + ": GiB on one device without end, users x context";
  const auto& candidate = format.candidates[*table.candidate];
  const bool several = candidate.devices.size() > 1;
  return id + ": GiB on " + (several ? "the fullest device of " : "") + set_name(candidate) +
         ", users x context; no: it does not hold that";
}

Cell entry_cell(const LoadTable::Entry& entry) {
  auto needed = needed_cell(entry.needed);
  if (!entry.fits) return needed;
  return Verdict{*entry.fits, *entry.fits ? human(needed) : "no"};
}

Column column(std::string name, std::string header) {
  Column column;
  column.name = std::move(name);
  column.header = std::move(header);
  return column;
}

}  // namespace

Section load_table_section(const FormatResult& format, const LoadTable& table) {
  Table shown;
  shown.shaded = true;
  shown.columns.push_back(column("context", "context"));
  for (const auto users : table.sequences) {
    const auto count = std::to_string(users);
    shown.columns.push_back(column("users_" + count, users == 1 ? "1 user" : count));
  }
  for (std::size_t row = 0; row < table.contexts.size(); ++row) {
    std::vector<Cell> cells = {Count{table.contexts[row]}};
    for (const auto& entry : table.entries[row]) cells.push_back(entry_cell(entry));
    shown.rows.push_back(std::move(cells));
  }
  return {heading(format, table), std::move(shown)};
}

Table flat_load_tables(const FitView& view) {
  Table flat;
  for (const auto* name :
       {"model", "quantization", "context", "sequences", "needed_bytes", "fits"}) {
    flat.columns.push_back(column(name, name));
  }
  for (const auto& format : view.result.formats) {
    if (!format.table) continue;
    const auto& table = *format.table;
    for (std::size_t c = 0; c < table.contexts.size(); ++c) {
      for (std::size_t s = 0; s < table.sequences.size(); ++s) {
        const auto& entry = table.entries[c][s];
        Cell fits = Unknown{};
        if (entry.fits) fits = Verdict{*entry.fits, *entry.fits ? "yes" : "no"};
        flat.rows.push_back({text_cell(view.model.id), text_cell(format_id(format)),
                             Count{table.contexts[c]}, Count{table.sequences[s]},
                             needed_cell(entry.needed), std::move(fits)});
      }
    }
  }
  return flat;
}

}  // namespace llmfit::render
