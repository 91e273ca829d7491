// SPDX-License-Identifier: MIT
#include "render/batch_report.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/numbers.hpp"
#include "render/rate_cell.hpp"
#include "search/batch.hpp"

namespace llmfit::render {
namespace {

std::string share_text(double share) {
  const double percent = share * 100;
  return base::fixed(percent, percent < 10 ? 1 : 0) + " %";
}

std::string times_text(double times) { return base::fixed(times, times < 10 ? 2 : 1); }

std::string lengths_text(const LengthHistogram& lengths) {
  if (lengths.shortest() == lengths.longest()) {
    return base::grouped(lengths.longest()) + (lengths.longest() == 1 ? " token" : " tokens");
  }
  return base::grouped(lengths.shortest()) + " to " + base::grouped(lengths.longest()) +
         " tokens (" + base::fixed(lengths.mean(), 1) + " on average)";
}

/// "20,000,000 sequences of 8 to 64 tokens (36.0 on average), 720,000,000 tokens together."
std::string job_text(const BatchPlan& plan) {
  const auto count = plan.prompts.sequences();
  auto text = base::grouped(count) + (count == 1 ? " sequence of " : " sequences of ") +
              lengths_text(plan.prompts) + ", " + base::grouped(plan.prompts.tokens()) +
              " tokens together";
  if (!plan.answers.empty()) text += ", with answers of " + lengths_text(plan.answers);
  return text + ".";
}

/// "Padded to slots of 512 tokens 93 % of the compute is padding; packed …"
std::string ways_text(const BatchPlan& plan) {
  const auto& packed = plan.of(BatchWay::packed);
  const auto& continuous = plan.of(BatchWay::continuous);
  const std::string what = plan.answers.empty() ? "compute" : "compute of the prompts";
  return "Padded to slots of " + base::grouped(plan.slot) + " tokens, " +
         share_text(plan.of(BatchWay::padded).waste) + " of the " + what + " is padding; packed, " +
         share_text(packed.waste) + " is, with " + times_text(packed.speed_up) +
         " times fewer tokens to compute; continuous batching pads nothing (" +
         times_text(continuous.speed_up) + " times).";
}

std::string_view verb_of(const FitView& view, const FormatResult& format, BatchWay way) {
  const bool to_longest =
      search::pads_to_longest(format.choice.engine) && !view.request.load.batch->slot;
  switch (way) {
    case BatchWay::padded:
      return to_longest ? "pads each batch to its longest sequence" : "pads";
    case BatchWay::packed:
      return "packs";
    case BatchWay::continuous:
      break;
  }
  return "batches continuously";
}

/// "llama.cpp packs", and what the columns are then.
std::string engines_text(const FitView& view) {
  std::string text;
  for (const auto& format : view.result.formats) {
    if (format.candidates.empty()) continue;
    for (const auto& candidate : format.candidates) {
      if (!candidate.batch) continue;
      const auto part = std::string(to_string(format.choice.engine)) + " " +
                        std::string(verb_of(view, format, candidate.batch->engine_way));
      if (text.find(part) == std::string::npos) text += (text.empty() ? "" : ", ") + part;
      break;
    }
  }
  if (text.empty()) return "No speed is known for what holds it, so neither are hours nor dollars.";
  return text + "; band, copies and dollars are for that.";
}

Cell hours_cell(double hours) {
  return Number{hours, hours < 1 ? 3 : hours < 10 ? 2 : hours < 100 ? 1 : 0};
}

/// Dollars of the job with every digit that counts: some jobs cost cents.
Cell job_usd_cell(std::optional<double> usd) {
  if (!usd) return Unknown{};
  return Usd{*usd, *usd < 1 ? 3 : 2};
}

Cell where_cell(const OfferRecord* offer) {
  if (offer == nullptr) return Unknown{};
  auto name = std::string(offer->provider);
  if (!offer->instance.empty()) name.append(" ").append(offer->instance);
  return Text{std::move(name)};
}

/// Whether the order is by what a job takes.
bool is_by_job(Sort sort) { return sort == Sort::cheapest || sort == Sort::fastest; }

bool has_deadline(const FitView& view) {
  const auto* plan = shared_batch(view);
  return plan != nullptr && plan->within_hours;
}

std::vector<Column> job_columns(const FitView& view) {
  std::vector<Column> columns;
  if (view.result.formats.size() > 1) {
    columns.push_back({"quantization", "format", Align::left, 0, {}, false});
  }
  columns.insert(columns.end(), {{"gpu", "card", Align::left, 0, {}, false},
                                 {"gpu_count", "cards", Align::right, 0, {}, false},
                                 {"padded_hours", "padded h", Align::right, 0, {}, false},
                                 {"packed_hours", "packed h", Align::right, 0, {}, false},
                                 {"continuous_hours", "continuous h", Align::right, 0, {}, false},
                                 {"hours_band", "likely", Align::left, 4, {}, false}});
  if (has_deadline(view)) {
    columns.push_back({"copies", "copies", Align::right, 0, {}, false});
    columns.push_back({"hours", "done in h", Align::right, 3, {}, false});
  }
  columns.insert(columns.end(), {{"usd_on_demand", "$ on demand", Align::right, 0, {}, true},
                                 {"offer", "where", Align::left, 2, {}, true},
                                 {"usd_spot", "$ spot", Align::right, 0, {}, true},
                                 {"offer_spot", "spot where", Align::left, 5, {}, true}});
  return columns;
}

std::vector<Cell> job_cells(const FitView& view, const FormatResult& format,
                            const Candidate& candidate) {
  std::vector<Cell> cells;
  if (view.result.formats.size() > 1) cells.emplace_back(Id{std::string(format_id(format))});
  cells.emplace_back(Text{card_name(candidate)});
  cells.push_back(cards_cell(candidate));
  const auto& batch = *candidate.batch;
  for (const auto& run : batch.runs) cells.push_back(hours_cell(run.hours.value));
  const auto& best = batch.best();
  cells.emplace_back(
      Text{human(hours_cell(best.hours.low)) + "-" + human(hours_cell(best.hours.high))});
  if (has_deadline(view)) {
    cells.emplace_back(Count{best.copies});
    cells.push_back(hours_cell(best.hours.value / static_cast<double>(best.copies)));
  }
  cells.push_back(job_usd_cell(best.usd_on_demand));
  cells.push_back(where_cell(batch.on_demand));
  cells.push_back(job_usd_cell(best.usd_spot));
  cells.push_back(where_cell(batch.spot));
  return cells;
}

/// A configuration and its format.
struct Row {
  const FormatResult* format;
  const Candidate* candidate;
};

/// What a row's place is by; what is unknown comes last.
double place_of(const Row& row, Sort sort) {
  constexpr double last = 1e18;
  if (!row.candidate->fits) return 2 * last;
  const auto& batch = *row.candidate->batch;
  if (sort == Sort::fastest) return batch.best().hours.value;
  const auto* offer = row.candidate->cost.offer;
  const bool retired = offer != nullptr && offer->status == OfferStatus::retired;
  return batch.usd().value_or(last) + (retired ? last / 2 : 0);
}

/// Of all formats together, as each of them is ordered; of other orders format by format.
std::vector<Row> job_rows(const FitView& view, std::size_t count) {
  std::vector<Row> rows;
  for (const auto& format : view.result.formats) {
    for (const auto& candidate : format.candidates) {
      if (candidate.batch) rows.push_back({&format, &candidate});
    }
  }
  const auto sort = view.request.sort;
  if (view.result.formats.size() > 1 && is_by_job(sort)) {
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
      return place_of(a, sort) < place_of(b, sort);
    });
  }
  rows.resize(std::min(rows.size(), count));
  return rows;
}

std::string price_text(const BatchResult& batch, double per_day) {
  if (!batch.usd()) return {};
  const auto* offer = batch.by_spot ? batch.spot : batch.on_demand;
  return " for $" + base::fixed(*batch.usd(), *batch.usd() < 1 ? 3 : 2) +
         (per_day == 1 ? " a day (" : " (") + human(where_cell(offer)) +
         (batch.by_spot ? ", spot)" : ", on demand)");
}

/// "Cheapest within 24 hours: 2 copies of 1 × T4, done in 13.2 hours for $4.10 a day (…)."
std::string answer_text(const FitView& view, const Row& row) {
  const auto sort = view.request.sort;
  if (!is_by_job(sort) || !row.candidate->fits) return {};
  const auto& best = row.candidate->batch->best();
  const auto within = shared_batch(view)->within_hours;
  std::string text = sort == Sort::fastest ? "Fastest" : "Cheapest";
  if (within) text += " within " + base::shortest(*within) + (*within == 1 ? " hour" : " hours");
  text += best.copies == 1 ? ": " : ": " + base::grouped(best.copies) + " copies of ";
  if (row.candidate->gpus.size() == 1) text += human(cards_cell(*row.candidate)) + " × ";
  text += card_name(*row.candidate);
  text += " in " + std::string(format_id(*row.format)) + ", done in " +
          human(hours_cell(best.hours.value / static_cast<double>(best.copies))) + " hours";
  return text + price_text(*row.candidate->batch, within.value_or(0) / 24) + ".";
}

Table job_table(const FitView& view, const std::vector<Row>& rows) {
  Table table{job_columns(view), {}};
  for (const auto& row : rows) {
    table.rows.push_back(job_cells(view, *row.format, *row.candidate));
  }
  return table;
}

void add_pair(Pairs& pairs, BatchWay way, const std::string& formula, const BatchTokens& tokens) {
  pairs.rows.push_back(
      {std::string(to_string(way)), Text{formula + " = " + base::grouped(tokens.computed) +
                                         " tokens, waste " + share_text(tokens.waste)}});
}

/// How the figures come about, for --explain.
Section explanation(const BatchPlan& plan) {
  Pairs pairs;
  const auto slot = base::grouped(plan.slot) + " tokens";
  add_pair(pairs, BatchWay::padded,
           base::grouped(plan.prompts.sequences()) + " sequences × a slot of " + slot,
           plan.of(BatchWay::padded));
  add_pair(pairs, BatchWay::packed,
           base::grouped(plan.of(BatchWay::packed).slots) +
               " slots (best fit decreasing) × a slot of " + slot,
           plan.of(BatchWay::packed));
  add_pair(pairs, BatchWay::continuous, "sum of the lengths", plan.of(BatchWay::continuous));
  pairs.rows.push_back(
      {"prompts", Text{"tokens / tokens of a pass × time of a pass: weights read, matrices "
                       "multiplied, attention of each sequence with itself, fixed time of a layer; "
                       "and the server's time for each sequence"}});
  if (!plan.answers.empty()) {
    pairs.rows.push_back(
        {"answers", Text{"continuous: answer tokens / sequences in flight × time of a step; padded "
                         "and packed: every batch waits for its longest answer"}});
  }
  return {"batch job", std::move(pairs)};
}

}  // namespace

const BatchPlan* shared_batch(const FitView& view) {
  for (const auto& format : view.result.formats) {
    if (format.batch) return format.batch.get();
  }
  return nullptr;
}

void add_batch(const FitView& view, Report& report, std::size_t count) {
  const auto* plan = shared_batch(view);
  if (plan == nullptr) return;
  report.sections.push_back(
      {"Batch job", Paragraph{Voice::plain, job_text(*plan) + " " + ways_text(*plan) + " " +
                                                engines_text(view)}});
  const auto rows = job_rows(view, count);
  if (!rows.empty()) {
    report.sections.push_back({{}, job_table(view, rows)});
    auto answer = answer_text(view, rows.front());
    if (!answer.empty()) report.sections.push_back({{}, Paragraph{Voice::plain, answer}});
  }
  if (view.explain) report.sections.push_back(explanation(*plan));
}

std::vector<Column> batch_columns() {
  std::vector<Column> columns;
  for (const auto* name :
       {"batch_way", "batch_padded_hours", "batch_packed_hours", "batch_continuous_hours",
        "batch_copies", "batch_usd_on_demand", "batch_usd_spot"}) {
    columns.push_back({name, name, Align::left, 0, {}, false});
  }
  return columns;
}

std::vector<Cell> batch_cells(const Candidate& candidate) {
  if (!candidate.batch) return std::vector<Cell>(batch_columns().size(), Unknown{});
  const auto& batch = *candidate.batch;
  std::vector<Cell> cells{Text{std::string(to_string(batch.engine_way))}};
  for (const auto& run : batch.runs) cells.emplace_back(Number{run.hours.value, 3});
  cells.emplace_back(Count{batch.best().copies});
  cells.push_back(usd_cell(batch.best().usd_on_demand));
  cells.push_back(usd_cell(batch.best().usd_spot));
  return cells;
}

}  // namespace llmfit::render
