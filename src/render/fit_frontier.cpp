// SPDX-License-Identifier: MIT
#include "render/fit_frontier.hpp"

#include <algorithm>

#include "render/rate_cell.hpp"
#include "render/split_text.hpp"

namespace llmfit::render {
namespace {

bool several_sequences(const FitView& view) {
  const auto& formats = view.result.formats;
  return std::any_of(formats.begin(), formats.end(), [](const FormatResult& one) {
    return one.workload && one.workload->sequences > 1;
  });
}

/// Whose rate it is.
std::string rate_name(const FitView& view) {
  return view.request.load.serves() || several_sequences(view) ? "tok/s of all" : "tok/s";
}

std::string heading(const FitView& view) {
  if (view.request.load.serves()) return "Frontier: price against throughput of all copies";
  return several_sequences(view) ? "Frontier: price against throughput of all sequences"
                                 : "Frontier: price against speed";
}

const FormatResult& format_of(const FitView& view, const FrontierPoint& point) {
  return view.result.formats[point.format];
}

std::vector<Column> columns(const FitView& view, bool numbered) {
  std::vector<Column> columns;
  if (numbered) columns.push_back({"number", "#", Align::right, 0, {}, false});
  columns.push_back({"quantization", "format", Align::left, 0, {}, false});
  columns.push_back({"gpu", "card", Align::left, 0, {}, false});
  columns.push_back({"gpu_count", "cards", Align::right, 0, {}, false});
  columns.push_back({"split", "split", Align::left, 5, {}, true});
  if (view.request.load.serves()) {
    columns.push_back({"copies", "copies", Align::right, 0, {}, false});
  }
  columns.push_back({"usd_per_hour", "$/hour", Align::right, 0, {}, false});
  columns.push_back({"tokens_per_second", rate_name(view), Align::right, 0, {}, false});
  columns.push_back({"tokens_per_second_band", "likely", Align::left, 3, {}, true});
  columns.push_back({"usd_per_million_tokens", "$/M tokens", Align::right, 2, {}, true});
  columns.push_back({"offer", "where", Align::left, 4, {}, true});
  return columns;
}

std::vector<Cell> cells(const FitView& view, const FrontierPoint& point) {
  const auto& format = format_of(view, point);
  const auto& configuration = point.configuration;
  std::vector<Cell> cells{Id{std::string(format_id(format))}, Text{card_name(configuration)},
                          cards_cell(configuration),
                          Text{split_text(configuration, format.choice.engine)}};
  if (view.request.load.serves()) cells.emplace_back(Count{point.copies});
  cells.emplace_back(Usd{point.usd_per_hour});
  cells.push_back(rate_cell(point.rate.value));
  cells.push_back(band_cell(point.rate));
  cells.push_back(usd_cell(configuration.cost.usd_per_million_tokens));
  cells.push_back(text_cell(offer_name(configuration.cost)));
  return cells;
}

Table frontier_table(const FitView& view, bool numbered) {
  Table table{columns(view, numbered), {}};
  for (const auto& point : view.frontier->points) {
    auto row = cells(view, point);
    if (numbered) {
      row.insert(row.begin(), Count{static_cast<std::int64_t>(table.rows.size()) + 1});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

bool several_formats(const Frontier& frontier) {
  const auto& points = frontier.points;
  return std::any_of(points.begin(), points.end(), [&](const FrontierPoint& point) {
    return point.format != points.front().format;
  });
}

/// Whether no other format of the report has more bits.
bool has_most_bits(const FitView& view, const FormatResult& format) {
  if (!format.choice.format) return true;
  const double bits = nominal_bits(*format.choice.format);
  const auto& all = view.result.formats;
  return std::none_of(all.begin(), all.end(), [bits](const FormatResult& one) {
    return one.choice.format && nominal_bits(*one.choice.format) > bits;
  });
}

/// Fewer bits are less to read: where that decides, the fewest take the frontier.
std::string hint(const FitView& view) {
  if (view.result.formats.size() < 2 || several_formats(*view.frontier)) return {};
  const auto& only = format_of(view, view.frontier->points.front());
  const auto why = has_most_bits(view, only) ? "" : ": fewer bits are faster, and answer worse";
  return "All of it is " + std::string(format_id(only)) + why +
         ". --quant Q shows the frontier of one format.";
}

FrontierChart::Best best_point(const FitView& view, const FrontierPoint& point, bool with_format) {
  const auto& configuration = point.configuration;
  auto name = set_name(configuration);
  if (point.copies > 1) name = std::to_string(point.copies) + " copies of " + name;
  const std::string format(format_id(format_of(view, point)));
  auto title = name + ", " + format + ": $" + human(Usd{point.usd_per_hour}) + " an hour, " +
               human(rate_cell(point.rate.value)) + " tok/s (" + human(band_cell(point.rate)) + ")";
  const auto offer = offer_name(configuration.cost);
  if (!offer.empty()) title += ", " + offer;
  if (with_format) name += " " + format;
  return {{point.usd_per_hour, point.rate.value},
          point.rate.low,
          point.rate.high,
          std::move(name),
          std::move(title)};
}

FrontierChart frontier_chart(const FitView& view) {
  FrontierChart chart;
  chart.y_name = rate_name(view);
  const bool with_format = several_formats(*view.frontier);
  for (const auto& point : view.frontier->points) {
    chart.best.push_back(best_point(view, point, with_format));
  }
  for (const auto& point : view.frontier->beaten) {
    chart.beaten.push_back({point.usd_per_hour, point.tokens_per_second});
  }
  return chart;
}

}  // namespace

std::vector<Section> frontier_sections(const FitView& view, bool page) {
  if (view.frontier == nullptr) return {};
  if (view.frontier->points.empty()) {
    return {{heading(view),
             Paragraph{Voice::plain, "Nothing that fits has both a price and a known speed."}}};
  }
  std::vector<Section> sections;
  if (page) sections.push_back({heading(view), Picture{frontier_chart(view)}});
  sections.push_back({page ? std::string{} : heading(view), frontier_table(view, page)});
  if (auto text = hint(view); !text.empty()) {
    sections.push_back({{}, Paragraph{Voice::plain, std::move(text)}});
  }
  return sections;
}

}  // namespace llmfit::render
