// SPDX-License-Identifier: MIT
#include "render/fit_tables.hpp"

#include "base/numbers.hpp"
#include "render/fit_memory.hpp"
#include "render/fit_rules.hpp"
#include "render/rate_cell.hpp"
#include "render/service_columns.hpp"
#include "render/speed_columns.hpp"
#include "render/split_text.hpp"

namespace llmfit::render {
namespace {

Cell verdict_cell(const Candidate& candidate) {
  return Verdict{candidate.fits, verdict_words(candidate)};
}

Cell used_cell(const Candidate& candidate) {
  const auto* device = tightest(candidate);
  if (device == nullptr) return Unknown{};
  return needed_cell(device->load.total());
}

Cell usable_cell(const Candidate& candidate) {
  const auto* device = tightest(candidate);
  if (device == nullptr) return Unknown{};
  return available_cell(device->usable);
}

Cell purchase_kind_cell(const Cost& cost) { return text_cell(purchase_basis(cost)); }

/// Of all copies that a load takes.
Cell purchase_cell(const Candidate& candidate) {
  return usd_cell(whole_purchase_usd(candidate), 0);
}

Cell region_cell(const Cost& cost) {
  return cost.offer == nullptr ? Cell{Unknown{}} : text_cell(cost.offer->region);
}

bool several_sequences(const FitView& view) {
  const auto* workload = shared_workload(view);
  return workload != nullptr && workload->sequences > 1;
}

bool uses_host(const FitView& view) {
  for (const auto& format : view.result.formats) {
    for (const auto& candidate : format.candidates) {
      if (candidate.offload) return true;
    }
  }
  return false;
}

std::vector<Cell> host_cells(const FitView& view, const Candidate& candidate) {
  if (!candidate.offload) return {Unknown{}, Unknown{}};
  return {Text{offload_text(view, candidate)}, needed_cell(candidate.offload->total())};
}

bool generates(const FitView& view) { return view.model.arch.kind != ModelKind::encoder; }

/// The rate of one sequence, of all where several are asked for, and the time to the first token
/// where somebody says how long a prompt is.
void add_speed_columns(const FitView& view, std::vector<Column>& columns) {
  for (auto& column : speed_columns(generates(view))) columns.push_back(std::move(column));
  if (several_sequences(view)) {
    columns.push_back({"throughput_tokens_per_second", "tok/s of all", Align::right, 3, {}, true});
  }
  if (view.request.load.names_lengths() && generates(view)) {
    columns.push_back({"first_token_seconds", "first token s", Align::right, 4, {}, true});
  }
}

void add_speed_cells(const FitView& view, const Candidate& candidate, std::vector<Cell>& cells) {
  const auto& rates = candidate.rates;
  for (auto& cell : speed_cells(rates, generates(view))) cells.push_back(std::move(cell));
  if (several_sequences(view)) {
    cells.push_back(rates ? rate_cell(rates->throughput.value) : Cell{Unknown{}});
  }
  if (view.request.load.names_lengths() && generates(view)) {
    cells.push_back(rates ? rate_cell(rates->first_token.value) : Cell{Unknown{}});
  }
}

std::string hourly_header(const FitView& view) {
  const auto& load = view.request.load;
  return load.serves() && !load.one_copy ? "$/hour of all" : "$/hour";
}

std::vector<Column> configuration_columns(const FitView& view) {
  std::vector<Column> columns{{"gpu", "card", Align::left, 0, {}, false},
                              {"gpu_count", "cards", Align::right, 0, {}, false},
                              {"split", "split", Align::left, 4, {}, true},
                              {"total_bytes", "used", Align::right, 0, {}, false},
                              {"usable_bytes", "of usable GiB", Align::right, 0, " / ", false},
                              {"fits", "", Align::left, 0, {}, false},
                              {"max_context", "context up to", Align::right, 3, {}, true}};
  if (several_sequences(view)) {
    columns.push_back({"max_sequences", "sequences up to", Align::right, 4, {}, true});
  }
  if (uses_host(view)) {
    columns.push_back({"offload", "what is where", Align::left, 0, {}, false});
    columns.push_back({"host_bytes", "host GiB", Align::right, 0, {}, false});
  }
  const bool serves = view.request.load.serves();
  if (serves) {
    for (auto& column : service_columns()) columns.push_back(std::move(column));
  } else {
    add_speed_columns(view, columns);
  }
  const std::vector<Column> money{
      {"usd_per_hour", hourly_header(view), Align::right, 1, {}, false},
      {"usd_per_month", "$/month", Align::right, 6, {}, true},
      {"usd_per_million_tokens", "$/M tokens", Align::right, 4, {}, true},
      {"purchase_usd", "$ to buy", Align::right, 5, {}, true},
      {"purchase_basis", "", Align::left, 5, " ", true},
      {"offer", "where", Align::left, 2, {}, true},
      {"region", "region", Align::left, 8, {}, true},
      {"as_of", "price of", Align::left, 7, {}, true}};
  columns.insert(columns.end(), money.begin(), money.end());
  if (view.request.offers.min_sla) {
    columns.push_back({"sla_percent", "uptime %", Align::left, 1, {}, true});
  }
  return columns;
}

std::vector<Cell> configuration_cells(const FitView& view, const FormatResult& format,
                                      const Candidate& candidate, bool host) {
  const auto& cost = candidate.cost;
  std::vector<Cell> cells{Text{card_name(candidate)},
                          cards_cell(candidate),
                          Text{split_text(candidate, format.choice.engine)},
                          used_cell(candidate),
                          usable_cell(candidate),
                          verdict_cell(candidate),
                          count_cell(candidate.max_context)};
  if (several_sequences(view)) cells.push_back(count_cell(candidate.max_sequences));
  if (host) {
    for (auto& cell : host_cells(view, candidate)) cells.push_back(std::move(cell));
  }
  const bool serves = view.request.load.serves();
  if (serves) {
    for (auto& cell : service_cells(candidate)) cells.push_back(std::move(cell));
  } else {
    add_speed_cells(view, candidate, cells);
  }
  const std::vector<Cell> money{usd_cell(whole_usd_per_hour(candidate)),
                                usd_cell(whole_usd_per_month(candidate)),
                                usd_cell(cost.usd_per_million_tokens),
                                purchase_cell(candidate),
                                purchase_kind_cell(cost),
                                text_cell(offer_name(cost)),
                                region_cell(cost),
                                date_cell(price_date(cost))};
  cells.insert(cells.end(), money.begin(), money.end());
  if (view.request.offers.min_sla) cells.push_back(uptime_cell(cost.offer));
  return cells;
}

Cell bits_cell(const FormatResult& format) {
  if (!format.weights) return Unknown{};
  return Number{format.weights->bits_per_weight, 2};
}

/// The best configuration, "2 x RTX 3090"; nothing when none fits.
Cell best_cell(const FormatResult& format) {
  if (!format.any_fits || format.candidates.empty()) return Text{"nothing fits"};
  const auto& best = format.candidates.front();
  const auto copies = best.service ? best.service->copies.value_or(1) : 1;
  const auto times = copies > 1 ? base::grouped(copies) + " copies of " : std::string{};
  if (best.gpus.size() != 1) return Text{times + card_name(best)};
  return Text{times + human(cards_cell(best)) + " × " + card_name(best)};
}

std::string_view best_header(Sort sort) {
  switch (sort) {
    case Sort::cheapest:
      return "cheapest that fits";
    case Sort::fewest:
      return "fewest cards that fit";
    case Sort::fastest:
      return "fastest that fits";
    case Sort::headroom:
      return "roomiest that fits";
  }
  return {};
}

std::vector<Cell> summary_cells(const FormatResult& format) {
  const bool fits = format.any_fits && !format.candidates.empty();
  const auto cost = fits ? format.candidates.front().cost : Cost{};
  const auto memory = memory_cells(format);
  return {Id{std::string(format_id(format))},
          Text{std::string(to_string(format.choice.engine))},
          bits_cell(format),
          memory.weights,
          memory.kv_cache,
          memory.other,
          memory.total,
          best_cell(format),
          fits ? usd_cell(whole_usd_per_hour(format.candidates.front())) : Cell{Unknown{}},
          fits ? purchase_cell(format.candidates.front()) : Cell{Unknown{}},
          text_cell(offer_name(cost))};
}

}  // namespace

Table configurations(const FitView& view, const FormatResult& format, std::size_t count) {
  Table table{configuration_columns(view), {}};
  const bool host = uses_host(view);  // walks all rows, so once
  for (const auto& candidate : format.candidates) {
    if (table.rows.size() == count) break;
    table.rows.push_back(configuration_cells(view, format, candidate, host));
  }
  return table;
}

Table best_of_each(const FitView& view, std::size_t count) {
  Table all{configuration_columns(view), {}};
  all.columns.insert(all.columns.begin(), {"quantization", "format", Align::left, 0, {}, false});
  for (const auto& format : view.result.formats) {
    for (auto& row : configurations(view, format, count).rows) {
      row.insert(row.begin(), Id{std::string(format_id(format))});
      all.rows.push_back(std::move(row));
    }
  }
  return all;
}

Table summary(const FitView& view) {
  Table table;
  table.columns = {{"quantization", "format", Align::left, 0, {}, false},
                   {"engine", "engine", Align::left, 8, {}, false},
                   {"bits_per_weight", "bits", Align::right, 3, {}, false},
                   {"weights_bytes", "weights", Align::right, 4, {}, false},
                   {"kv_cache_bytes", "KV cache", Align::right, 4, {}, true},
                   {"other_bytes", "other", Align::right, 4, {}, true},
                   {"total_bytes", "total GiB", Align::right, 0, {}, false},
                   {"best", std::string(best_header(view.request.sort)), Align::left, 1, {}, false},
                   {"usd_per_hour", hourly_header(view), Align::right, 0, {}, false},
                   {"purchase_usd", "$ to buy", Align::right, 7, {}, true},
                   {"offer", "where", Align::left, 6, {}, true}};
  for (const auto& format : view.result.formats) table.rows.push_back(summary_cells(format));
  return table;
}

}  // namespace llmfit::render
