// SPDX-License-Identifier: MIT
#include "render/rank_report.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "render/fit_view.hpp"
#include "render/speed_columns.hpp"
#include "render/speed_line.hpp"

namespace llmfit::render {
namespace {

std::vector<Column> columns() {
  std::vector<Column> columns{{"id", "model", Align::left, 0, {}, false},
                              {"parameters", "parameters", Align::right, 2, {}, false},
                              {"active_parameters", "active", Align::right, 7, {}, true},
                              {"quantization", "format", Align::left, 0, {}, false},
                              {"engine", "engine", Align::left, 6, {}, false},
                              {"bits_per_weight", "bits", Align::right, 3, {}, false},
                              {"total_bytes", "used", Align::right, 0, {}, false},
                              {"usable_bytes", "of usable GiB", Align::right, 0, " / ", false},
                              {"fits", "", Align::left, 0, {}, false},
                              {"max_context", "context up to", Align::right, 1, {}, true},
                              {"max_sequences", "sequences up to", Align::right, 5, {}, true}};
  for (auto& column : speed_columns(true)) columns.push_back(std::move(column));
  columns.push_back({"score", std::string(rank_metric), Align::right, 4, {}, true});
  columns.push_back({"license", "licence", Align::left, 8, {}, true});
  return columns;
}

Cell parameters_cell(std::optional<std::int64_t> count) {
  if (!count) return Unknown{};
  return Parameters{*count};
}

Cell active_cell(const ModelRecord& model) {
  return model.active_parameters == model.parameters ? Cell{Text{""}}
                                                     : parameters_cell(model.active_parameters);
}

Cell verdict_cell(const RankedModel& row) {
  if (row.fits) return Verdict{true, "ok"};
  std::string words = "no";
  if (row.candidate.reason) {
    words.append(": ").append(to_string(*row.candidate.reason));
    std::replace(words.begin(), words.end(), '_', ' ');
  }
  return Verdict{false, words};
}

std::vector<Cell> cells(const RankedModel& row) {
  const auto& model = *row.record;
  const auto* device = tightest(row.candidate);
  const auto score = rank_score(model);
  const bool known = row.choice.format.has_value();
  std::vector<Cell> cells{Id{std::string(model.id)},
                          parameters_cell(model.parameters),
                          active_cell(model),
                          known ? Cell{Id{std::string(row.choice.format->id)}} : Unknown{},
                          Text{std::string(to_string(row.choice.engine))},
                          row.weights ? Cell{Number{row.weights->bits_per_weight, 2}} : Unknown{},
                          device == nullptr ? Cell{Unknown{}} : needed_cell(device->load.total()),
                          device == nullptr ? Cell{Unknown{}} : available_cell(device->usable),
                          verdict_cell(row),
                          count_cell(row.candidate.max_context),
                          count_cell(row.candidate.max_sequences)};
  for (auto& cell : speed_cells(row.candidate.rates, true)) cells.push_back(std::move(cell));
  cells.push_back(score ? Cell{Number{score->value, 1}} : Unknown{});
  cells.push_back(text_cell(model.license_id));
  return cells;
}

const Rates* first_rates(const RankResult& result) {
  for (const auto& row : result.models) {
    const auto& rates = row.candidate.rates;
    if (rates && rates->generates) return &*rates;
  }
  return nullptr;
}

/// "2 x RTX 3090", "RTX 3090 + RTX 3060", "host memory".
std::string hardware_name(const std::vector<GpuCount>& gpus) {
  if (gpus.empty()) return "host memory";
  std::string name;
  for (const auto& part : gpus) {
    if (!name.empty()) name += " + ";
    if (part.count != 1) name.append(base::shortest(part.count)).append(" x ");
    name += part.gpu->name;
  }
  return name;
}

std::string context_words(const WorkloadRequest& workload) {
  return workload.context ? "context " + base::grouped(*workload.context)
                          : std::string("context 4,096 or the model's limit");
}

std::string title(const RankView& view) {
  const auto sequences = view.request.workload.sequences.value_or(1);
  return hardware_name(view.result.gpus) + " · " + context_words(view.request.workload) + " · " +
         base::grouped(sequences) + (sequences == 1 ? " sequence · " : " sequences · ") +
         base::grouped(view.result.fitting) + " of " + base::grouped(view.result.considered) +
         " models fit";
}

}  // namespace

Report rank_report(const RankView& view) {
  Table table;
  table.columns = columns();
  for (const auto& row : view.result.models) table.rows.push_back(cells(row));
  Report report;
  report.title = title(view);
  report.sections.push_back({{}, std::move(table)});
  if (auto line = speed_line(first_rates(view.result), view.request.load.stack); !line.empty()) {
    report.sections.push_back({{}, Paragraph{Voice::plain, std::move(line)}});
  }
  for (const auto& note : view.result.notes) {
    const bool warns = severity(note.code) == Severity::warning;
    report.sections.push_back({{}, Paragraph{warns ? Voice::warning : Voice::note, text(note)}});
  }
  return report;
}

}  // namespace llmfit::render
