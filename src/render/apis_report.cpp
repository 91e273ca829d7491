// SPDX-License-Identifier: MIT
#include "render/apis_report.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"
#include "cost/api.hpp"
#include "search/token_costs.hpp"

namespace llmfit::render {
namespace {

constexpr std::size_t most_rows = 5;

/// The first format whose first configuration was compared; null: none.
const FormatResult* compared(const FitResult& result) {
  const auto found = std::find_if(result.formats.begin(), result.formats.end(),
                                  [](const FormatResult& one) { return !one.break_even.empty(); });
  return found == result.formats.end() ? nullptr : &*found;
}

/// More than a count of this size is a load that nobody has.
constexpr double most_count = 1e15;

Cell count_cell(std::optional<double> value) {
  if (!value || *value > most_count) return Unknown{};
  return Count{std::llround(*value)};
}

Cell busy_cell(const ApiBreakEven& found) {
  if (!found.utilisation) return Unknown{};
  const double percent = *found.utilisation * 100;
  if (*found.utilisation > 1) return Verdict{false, "never: it is too slow"};
  return Verdict{true, base::fixed(percent, percent < 10 ? 1 : 0) + " % busy"};
}

std::vector<Cell> row_of(const ApiPrice& price, const ApiBreakEven* found, TokenMix mix) {
  constexpr double thousand = 1000;
  const auto each = cost::usd_per_request(price, mix);
  std::vector<Cell> cells{Text{price.provider},
                          Id{price.model},
                          usd_cell(price.input_usd),
                          usd_cell(price.output_usd),
                          usd_cell(each ? std::optional(*each * thousand) : std::nullopt, 3),
                          count_cell(price.context),
                          date_cell(price.as_of)};
  if (found == nullptr) return cells;
  cells.push_back(count_cell(found->requests_per_month));
  cells.push_back(busy_cell(*found));
  return cells;
}

Table table_of(const FitView& view, const FormatResult* format) {
  Table table;
  table.columns = {{"provider", "provider", Align::left, 0, {}, false},
                   {"model", "hosted model", Align::left, 2, {}, false},
                   {"usd_per_million_input_tokens", "$/M input", Align::right, 0, {}, false},
                   {"usd_per_million_tokens", "$/M output", Align::right, 0, {}, false},
                   {"usd_per_thousand_requests", "$/1,000 requests", Align::right, 3, {}, false},
                   {"context", "context", Align::right, 5, {}, true},
                   {"as_of", "price of", Align::left, 4, {}, true}};
  if (format != nullptr) {
    table.columns.push_back(
        {"requests_per_month", "break-even requests/month", Align::right, 0, {}, false});
    table.columns.push_back({"utilisation", "hardware then", Align::left, 1, {}, true});
  }
  const auto& prices = view.request.apis.prices;
  for (std::size_t i = 0; i < std::min(prices.size(), most_rows); ++i) {
    table.rows.push_back(row_of(prices[i], format ? &format->break_even[i] : nullptr,
                                search::mix_of(view.model, view.request.load)));
  }
  return table;
}

std::string heading(const FitView& view) {
  const auto mix = search::mix_of(view.model, view.request.load);
  const auto prompts = "Hosted APIs, prompts of " + base::grouped(mix.input) + " tokens";
  return mix.output == 0 ? prompts : prompts + " and answers of " + base::grouped(mix.output);
}

/// " and serves at most 290,000 requests in it, 1 at once (--sequences asks for more)"; empty where
/// no speed is known.
std::string capacity_text(const FormatResult& format) {
  const auto known =
      std::find_if(format.break_even.begin(), format.break_even.end(), [](const ApiBreakEven& one) {
        return one.requests_per_month && one.utilisation && *one.utilisation > 0;
      });
  if (known == format.break_even.end()) return {};
  const double most = *known->requests_per_month / *known->utilisation;
  const auto& service = format.candidates.front().service;
  const bool served = service && service->requests_per_second > 0;
  const auto together = served ? service->concurrency : format.workload->sequences;
  return " and serves at most " + base::grouped_whole(most) + " requests in it, " +
         base::grouped(together) + " at once" + (served ? "" : " (--sequences asks for more)");
}

/// What stands against the APIs.
std::string against(const FitView& view, const FormatResult& format) {
  const auto& first = format.candidates.front();
  const auto cards = static_cast<std::int64_t>(card_count(first));
  std::string text = cards > 1 && first.gpus.size() == 1 ? base::grouped(cards) + " × " : "";
  text += card_name(first) + " (" + std::string(format_id(format)) + ", " + offer_name(first.cost);
  text += ") costs " + base::usd_text(format.break_even.front().usd_per_month) + " a month";
  text += capacity_text(format) + ". From the break-even on it costs less than the API.";
  const auto all = view.request.apis.prices.size();
  if (all <= most_rows) return text;
  return text + " " + std::to_string(most_rows) + " of " + std::to_string(all) +
         " providers; --json has all.";
}

}  // namespace

std::vector<Section> api_sections(const FitView& view) {
  if (!view.request.apis.wanted) return {};
  if (view.request.apis.prices.empty()) {
    return {{{},
             Paragraph{Voice::plain,
                       "No hosted API of this model is known; --api PROVIDER/MODEL compares with "
                       "another one."}}};
  }
  const auto* format = compared(view.result);
  std::vector<Section> sections{{heading(view), table_of(view, format)}};
  if (format != nullptr) {
    sections.push_back({{}, Paragraph{Voice::plain, against(view, *format)}});
  }
  return sections;
}

}  // namespace llmfit::render
