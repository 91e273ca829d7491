// SPDX-License-Identifier: MIT
#include "render/verify_report.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::render {
namespace {

constexpr double mebibyte = 1048576.0;

/// How amounts of a unit are shown: for people in MiB as the logs have them.
struct Shown {
  std::string_view unit;
  double divisor = 1;
  int digits = 0;
};
Shown shown_for_people(Unit unit) {
  if (unit == Unit::bytes) return {"MiB", mebibyte, 2};
  return unit == Unit::tokens ? Shown{"tokens", 1, 0} : Shown{"x", 1, 2};
}
Shown shown_flat(Unit unit) { return {to_string(unit), 1, unit == Unit::times ? 4 : 0}; }

std::string fixed_grouped(double value, int digits) {
  const auto text = base::fixed(std::abs(value), digits);
  const auto point = std::min(text.find('.'), text.size());
  const auto front = base::grouped(base::parse_int(text.substr(0, point)).value_or(0));
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return (value < 0 && !zero ? "-" : "") + front + text.substr(point);
}

Cell amount_cell(std::optional<double> amount, const Shown& shown, bool people) {
  if (!amount) return Unknown{};
  const auto value = *amount / shown.divisor;
  if (people) return Text{fixed_grouped(value, shown.digits)};
  const auto scale = std::pow(10.0, shown.digits);
  return Number{std::round(value * scale) / scale, shown.digits};
}

std::optional<double> difference(const Comparison& row) {
  if (!row.predicted) return std::nullopt;
  return *row.predicted - row.measured;
}

Cell percent_cell(const Comparison& row, bool people) {
  const auto percent = difference_percent(row);
  if (!percent) return Unknown{};
  if (!people) return Number{std::round(*percent * 1e4) / 1e4, 4};
  const auto text = base::fixed(*percent, 2);
  return Text{*percent > 0 && text != "0.00" ? "+" + text : text == "-0.00" ? "0.00" : text};
}

std::string band_text(const Comparison& row, const Shown& shown) {
  if (!row.predicted) return "-";
  if (row.basis == Basis::exact && row.low == row.high) return "exact";
  return fixed_grouped(row.low / shown.divisor, shown.digits) + " to " +
         fixed_grouped(row.high / shown.divisor, shown.digits);
}

bool is_wrong(const Comparison& row) {
  return row.agreement == Agreement::too_low || row.agreement == Agreement::too_high;
}

Cell verdict_cell(const Comparison& row) {
  const std::string word(to_string(row.agreement));
  if (row.agreement == Agreement::unjudged) return Text{word};
  return Verdict{!is_wrong(row), word};
}

std::vector<Column> columns_for_people() {
  return {{"term", "term", Align::left, 0, {}, false},
          {"device", "device", Align::left, 0, {}, true},
          {"predicted", "predicted", Align::right, 0, {}, false},
          {"measured", "measured", Align::right, 0, {}, false},
          {"unit", "", Align::left, 0, " ", false},
          {"difference", "diff", Align::right, 2, {}, false},
          {"percent", "%", Align::right, 0, {}, false},
          {"band", "band", Align::right, 3, {}, false},
          {"verdict", "verdict", Align::left, 0, {}, false}};
}

std::vector<Cell> cells_for_people(const Comparison& row) {
  const auto shown = shown_for_people(unit_of(row.measure));
  return {Text{std::string(to_string(row.measure))},
          Id{base::printable(row.device)},
          amount_cell(row.predicted, shown, true),
          amount_cell(row.measured, shown, true),
          Text{std::string(shown.unit)},
          amount_cell(difference(row), shown, true),
          percent_cell(row, true),
          Text{band_text(row, shown)},
          verdict_cell(row)};
}

std::vector<Column> flat_columns() {
  std::vector<Column> columns;
  for (const auto* name : {"term", "device", "unit", "predicted", "low", "high", "measured",
                           "rounding", "difference", "percent", "verdict"}) {
    columns.push_back({name, name, Align::left, 0, {}, false});
  }
  return columns;
}

std::vector<Cell> flat_cells(const Comparison& row) {
  const auto shown = shown_flat(unit_of(row.measure));
  const auto if_predicted = [&](double value) {
    return row.predicted ? std::optional(value) : std::nullopt;
  };
  const auto cell = [&](std::optional<double> value) { return amount_cell(value, shown, false); };
  return {Text{std::string(to_string(row.measure))},
          Text{base::printable(row.device)},
          Text{std::string(shown.unit)},
          cell(row.predicted),
          cell(if_predicted(row.low)),
          cell(if_predicted(row.high)),
          cell(row.measured),
          cell(row.rounding),
          cell(difference(row)),
          percent_cell(row, false),
          Text{std::string(to_string(row.agreement))}};
}

std::string sequences_text(std::int64_t sequences) {
  return base::grouped(sequences) + (sequences == 1 ? " sequence" : " sequences");
}

/// vLLM takes as many sequences as its memory holds.
std::string title(const VerifyView& view) {
  const auto& question = view.question;
  const bool counts = question.workload.engine == Engine::llama_cpp;
  return question.model.name + " · " + std::string(question.format.id) + " · " +
         std::string(to_string(question.workload.engine)) + " · context " +
         base::grouped(question.workload.context) +
         (counts ? " · " + sequences_text(question.workload.sequences) : "") + " · KV cache " +
         kv_type_name(question.workload);
}

std::string joined(std::string text, std::string_view more) {
  if (!text.empty()) text += " · ";
  return text.append(more);
}

/// What the log says beside the title: build, layers, flags.
std::string settings_text(const VerifyView& view) {
  const auto& facts = view.question.facts;
  std::string text = base::printable(view.file);
  if (!facts.build.empty()) text = joined(text, "build " + base::printable(facts.build));
  if (facts.offloaded && facts.offloadable) {
    text = joined(text, "layers offloaded " + std::to_string(*facts.offloaded) + " of " +
                            std::to_string(*facts.offloadable));
  }
  for (const auto& setting : facts.settings) {
    text = joined(text, base::printable(setting.flag) + " " + base::printable(setting.value));
  }
  return text;
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what);
}

/// "7 figures compared: 5 equal, 1 in band, 1 outside; 1 not predicted."
std::string summary(const VerifyView& view) {
  const auto& rows = view.result.rows;
  const auto count = [&](Agreement agreement) {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(),
                      [&](const Comparison& row) { return row.agreement == agreement; }));
  };
  const auto unjudged = count(Agreement::unjudged);
  const auto outside = count(Agreement::too_low) + count(Agreement::too_high);
  const auto judged = rows.size() - unjudged;
  auto text = std::string(outside == 0 ? "ok: " : "no: ") +
              counted(judged, judged == 1 ? "figure compared, " : "figures compared, ") +
              counted(count(Agreement::equal), "equal, ") +
              counted(count(Agreement::inside), "in their band, ") + counted(outside, "outside");
  if (count(Agreement::too_low) > 0) {
    text += " (" + counted(count(Agreement::too_low), "predicted too low)");
  }
  return unjudged == 0 ? text : text + "; " + counted(unjudged, "not predicted");
}

}  // namespace

std::optional<double> difference_percent(const Comparison& row) {
  const auto apart = difference(row);
  if (!apart || row.measured <= 0) return std::nullopt;
  return 100 * *apart / row.measured;
}

Report verify_report(const VerifyView& view) {
  Report report;
  report.title = title(view);
  report.aside = "llmfit " + std::string(view.version);
  report.sections.push_back({{}, Paragraph{Voice::plain, settings_text(view)}});
  Table table;
  table.columns = columns_for_people();
  for (const auto& row : view.result.rows) table.rows.push_back(cells_for_people(row));
  report.sections.push_back({{}, std::move(table)});
  for (const auto& note : view.result.notes) {
    const auto voice = severity(note.code) == Severity::warning ? Voice::warning : Voice::note;
    report.sections.push_back({{}, Paragraph{voice, text(note)}});
  }
  report.sections.push_back({{}, Paragraph{Voice::plain, summary(view)}});
  return report;
}

Report verify_flat_report(const VerifyView& view) {
  Report report;
  report.title = title(view);
  Table table;
  table.columns = flat_columns();
  for (const auto& row : view.result.rows) table.rows.push_back(flat_cells(row));
  report.sections.push_back({{}, std::move(table)});
  return report;
}

}  // namespace llmfit::render
