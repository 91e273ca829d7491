// SPDX-License-Identifier: MIT
#include "render/fit_report.hpp"

#include <algorithm>
#include <limits>

#include "base/numbers.hpp"
#include "render/apis_report.hpp"
#include "render/batch_report.hpp"
#include "render/fit_changes.hpp"
#include "render/fit_explain.hpp"
#include "render/fit_frontier.hpp"
#include "render/fit_load_table.hpp"
#include "render/fit_memory.hpp"
#include "render/fit_picture.hpp"
#include "render/fit_rules.hpp"
#include "render/fit_tables.hpp"
#include "render/owning_report.hpp"
#include "render/price_explain.hpp"
#include "render/service_columns.hpp"
#include "render/speed_line.hpp"
#include "render/split_text.hpp"

namespace llmfit::render {
namespace {

constexpr std::size_t every_row = std::numeric_limits<std::size_t>::max();
/// With more formats than this, a screen has room for the summary only.
constexpr std::size_t most_formats_with_rows = 8;

/// Adds `value` to a list of different words.
void add_once(std::vector<std::string>& words, std::string value) {
  if (std::find(words.begin(), words.end(), value) == words.end())
    words.push_back(std::move(value));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string formats_text(const FitResult& result) {
  const bool imatrix = std::any_of(
      result.formats.begin(), result.formats.end(),
      [](const FormatResult& one) { return one.choice.format && one.choice.format->imatrix; });
  const std::string matrix = imatrix ? " with importance matrix" : "";
  if (result.formats.size() == 1) return std::string(format_id(result.formats.front())) + matrix;
  return std::to_string(result.formats.size()) + " formats" + matrix;
}

/// "llama.cpp v0.5.0": the engine and the version whose rules the figures follow, without its
/// aside.
std::string engine_text(const Catalog& catalog, const FormatResult& format) {
  const auto version = engine_version(catalog, format);
  std::string name(to_string(format.choice.engine));
  if (format.choice.engine == Engine::params) return name;
  return name + " " + version.substr(0, version.find(" ("));
}

std::string engines_text(const FitView& view) {
  std::vector<std::string> engines;
  for (const auto& format : view.result.formats) {
    add_once(engines, engine_text(view.catalog, format));
  }
  return joined(engines);
}

std::string cache_text(const FitView& view) {
  if (view.model.known_by_size_only) return "KV cache not known";
  std::vector<std::string> types;
  for (const auto& format : view.result.formats) {
    if (format.workload) add_once(types, kv_type_name(*format.workload));
  }
  return types.empty() ? std::string{} : "KV cache " + joined(types);
}

std::string workload_text(const Workload& workload) {
  const bool one = workload.sequences == 1;
  return " · context " + base::grouped(workload.context) + " · " +
         base::grouped(workload.sequences) + (one ? " sequence" : " sequences");
}

/// " · 4 LoRA adapters of rank 16 · draft Llama 3.2 1B"
std::string add_ons_text(const AddOns& add_ons) {
  std::string text;
  if (const auto& lora = add_ons.lora) {
    text += " · " + base::grouped(lora->count) +
            (lora->count == 1 ? " LoRA adapter" : " LoRA adapters");
    text += " of rank " + base::grouped(lora->rank);
  }
  if (add_ons.draft) text += " · draft " + add_ons.draft->name;
  if (add_ons.projector) text += " · projector " + std::string(layout(*add_ons.projector).name);
  return text;
}

std::string title(const FitView& view) {
  std::string text = view.model.name.empty() ? view.model.id : view.model.name;
  text += " · " + formats_text(view.result) + " · " + engines_text(view);
  if (const auto* workload = shared_workload(view)) text += workload_text(*workload);
  const auto cache = cache_text(view);
  if (!cache.empty()) text += " · " + cache;
  return text + add_ons_text(view.request.add_ons);
}

void add_format(const FitView& view, Report& report, const FormatResult& format,
                const std::string& heading) {
  if (format.footprint) {
    report.sections.push_back({heading, memory_bars(format)});
  }
  report.sections.push_back(
      {format.footprint ? std::string{} : heading, configurations(view, format, every_row)});
}

/// Rows of each format that leave the whole on one screen.
std::size_t rows_on_screen(std::size_t formats) {
  if (formats > most_formats_with_rows) return 0;
  return formats > 3 ? 3 : 5;
}

/// What the screen leaves out, and the command that shows it.
std::string screen_hint(const FitView& view, std::size_t shown) {
  std::int64_t total = 0;
  for (const auto& format : view.result.formats) total += format.candidates_total;
  const auto rows = static_cast<std::int64_t>(shown);
  std::string text;
  if (rows < total) {
    text = base::grouped(rows) + " of " + base::grouped(total) + " configurations are shown. ";
  }
  text += "One format with its memory and more rows: llmfit ";
  text += view.model.id.empty() ? "MODEL" : view.model.id;
  return text.append(" --quant ").append(format_id(view.result.formats.front()));
}

void add_screen(const FitView& view, Report& report) {
  auto best = best_of_each(view, rows_on_screen(view.result.formats.size()));
  const auto shown = best.rows.size();
  report.sections.push_back({{}, summary(view)});
  report.sections.push_back({{}, std::move(best)});
  report.sections.push_back({{}, Paragraph{Voice::plain, screen_hint(view, shown)}});
}

void add_everything(const FitView& view, Report& report) {
  report.sections.push_back({{}, summary(view)});
  for (const auto& format : view.result.formats) {
    add_format(view, report, format, std::string(format_id(format)));
  }
}

void add_verdict(const FitView& view, Report& report) {
  if (!view.verdict) return;
  report.sections.push_back({{}, Paragraph{Voice::plain, verdict_line(view)}});
  auto limits = limit_table(view);
  if (!limits.rows.empty()) report.sections.push_back({{}, std::move(limits)});
}

void add_headroom(const FitView& view, Report& report) {
  for (const auto& format : view.result.formats) {
    auto text = headroom_text(format);
    if (!text.empty()) report.sections.push_back({{}, Paragraph{Voice::plain, std::move(text)}});
  }
}

/// As many as of one format.
std::size_t job_rows_of(const FitView& view) {
  const auto limit = view.request.limit;
  return limit > 0 ? static_cast<std::size_t>(limit) : every_row;
}

void add_load_tables(const FitView& view, Report& report) {
  for (const auto& format : view.result.formats) {
    if (format.table) report.sections.push_back(load_table_section(format, *format.table));
  }
}

void add_owning(const FitView& view, Report& report) {
  for (auto& section : owning_sections(view)) report.sections.push_back(std::move(section));
}

void add_frontier(const FitView& view, Report& report, bool page) {
  for (auto& section : frontier_sections(view, page)) report.sections.push_back(std::move(section));
}

/// What one looks at before one reads: on a page it stands first.
void add_pictures(const FitView& view, Report& report) {
  auto chart = memory_chart(view);
  if (!chart.rows.empty()) {
    report.sections.push_back({"Memory against what cards hold", Picture{std::move(chart)}});
  }
  add_frontier(view, report, true);
  add_load_tables(view, report);
}

/// Every card of a mixed set has a share of its own, so all are shown.
void add_mixed_devices(const FitView& view, Report& report) {
  for (const auto& format : view.result.formats) {
    std::vector<Candidate> mixed;
    for (const auto& candidate : format.candidates) {
      if (candidate.gpus.size() > 1) mixed.push_back(candidate);
    }
    for (auto& section : device_sections(mixed, format.choice.engine)) {
      report.sections.push_back(std::move(section));
    }
  }
}

void add_explanations(const FitView& view, Report& report) {
  const bool several = view.result.formats.size() > 1;
  for (const auto& format : view.result.formats) {
    auto sections = explain(view.catalog, format, every_row);
    for (auto& section : price_sections(view, format)) sections.push_back(std::move(section));
    for (auto& section : sections) {
      if (several) section.heading = std::string(format_id(format)) + ": " + section.heading;
      report.sections.push_back(std::move(section));
    }
  }
}

bool has_larger_sets(const FitResult& result) {
  for (const auto& format : result.formats) {
    for (const auto& candidate : format.candidates) {
      if (candidate.devices.size() > 1) return true;
    }
  }
  return false;
}

/// Cards whose usable memory a rule estimates, in the order of the rows.
std::vector<std::string> estimated_cards(const FitResult& result) {
  std::vector<std::string> names;
  for (const auto& format : result.formats) {
    for (const auto& candidate : format.candidates) {
      if (usable_basis(candidate) != "estimate") continue;
      const bool slice = !candidate.gpus.empty() && card_count(candidate) < 1;
      add_once(names, (slice ? "slices of " : "") + card_name(candidate));
    }
  }
  return names;
}

/// Nothing is said where all was measured.
void add_estimate_mark(const FitView& view, Report& report) {
  constexpr std::size_t most_names = 3;
  auto names = estimated_cards(view.result);
  if (names.empty()) return;
  const auto others = names.size() - std::min(names.size(), most_names);
  names.resize(names.size() - others);
  auto text = "The usable memory of " + joined(names);
  if (others > 0) text += " and " + std::to_string(others) + (others == 1 ? " other" : " others");
  text += view.explain ? " is an estimate." : " is an estimate; --explain shows its rule.";
  report.sections.push_back({{}, Paragraph{Voice::plain, std::move(text)}});
}

void add_notes(const FitView& view, Report& report, bool compact) {
  if (auto line = load_line(view); !line.empty()) {
    line += token_price_line(view);
    report.sections.push_back({{}, Paragraph{Voice::plain, std::move(line)}});
  }
  if (has_larger_sets(view.result)) {
    report.sections.push_back(
        {{},
         Paragraph{Voice::plain,
                   "Used and usable memory are those of the fullest card of a set."}});
  }
  const auto& load = view.request.load;
  // Under a load the columns are other ones, and the load's own line explains them.
  const auto* rates = load.serves() ? nullptr : first_rates(view);
  if (auto line = speed_line(rates, load.stack); !line.empty()) {
    line += token_price_line(view);
    report.sections.push_back({{}, Paragraph{Voice::plain, std::move(line)}});
  }
  add_estimate_mark(view, report);
  if (auto line = license_line(view); !line.empty()) {
    report.sections.push_back({{}, Paragraph{Voice::plain, std::move(line)}});
  }
  for (const auto& note : view.result.notes) {
    if (compact && note.code == NoteCode::rows_cut) continue;  // the hint says it
    const auto voice = severity(note.code) == Severity::warning ? Voice::warning : Voice::note;
    report.sections.push_back({{}, Paragraph{voice, text(note)}});
  }
}

/// How many configurations there are, shown or not, and the day of the newest price.
std::string aside(const FitView& view) {
  std::int64_t total = 0;
  for (const auto& format : view.result.formats) total += format.candidates_total;
  auto text = base::grouped(total) + (total == 1 ? " configuration" : " configurations");
  const auto prices = view.catalog.prices_as_of();
  return prices.empty() ? text : text.append(" · prices of ").append(prices);
}

}  // namespace

Report fit_report(const FitView& view, Extent extent) {
  Report report;
  report.title = title(view);
  report.aside = aside(view);
  add_verdict(view, report);
  const bool several = view.result.formats.size() > 1;
  const bool compact = several && extent == Extent::screen;
  const bool page = extent == Extent::page;
  if (page) add_pictures(view, report);
  if (!several) {
    const auto& format = view.result.formats.front();
    add_format(view, report, format, page ? std::string(format_id(format)) : std::string{});
  } else if (compact) {
    add_screen(view, report);
  } else {
    add_everything(view, report);
  }
  if (!several) add_headroom(view, report);
  if (!view.result.changes.empty()) report.sections.push_back(changes_section(view));
  if (!page) add_frontier(view, report, false);
  if (!page) add_load_tables(view, report);
  add_owning(view, report);
  for (auto& section : api_sections(view)) report.sections.push_back(std::move(section));
  add_batch(view, report, compact ? 5 : job_rows_of(view));
  if (!view.explain && !several) add_mixed_devices(view, report);
  if (view.explain) add_explanations(view, report);
  add_notes(view, report, compact);
  return report;
}

Report fit_flat_report(const FitView& view) {
  Report report;
  report.sections.push_back({{}, view.request.table ? flat_load_tables(view) : flat(view)});
  return report;
}

}  // namespace llmfit::render
