// SPDX-License-Identifier: MIT
#include "render/apis_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/numbers.hpp"
#include "cost/api.hpp"
#include "cost/tokens.hpp"
#include "search/token_costs.hpp"

namespace llmfit::render {
namespace {

constexpr std::size_t most_rows = 5;

bool is_cheaper(const ApiBreakEven& found) { return found.utilisation && *found.utilisation <= 1; }

std::int64_t undercut(const FormatResult& format) {
  const auto& all = format.break_even;
  return std::count_if(all.begin(), all.end(), is_cheaper);
}

/// Dollars for what a configuration serves in a month if it is always busy; infinite: unknown.
double usd_of_full_month(const FormatResult& format) {
  const auto& first = format.break_even.front();
  if (!first.capacity || !(first.capacity->requests_per_second > 0)) {
    return std::numeric_limits<double>::infinity();
  }
  return first.usd_per_month / first.capacity->requests_per_second;
}

/// Whether `a` tells more than `b`: it costs less than more of the APIs, then it costs less itself.
/// Where neither costs less than any, the one that comes nearer.
bool tells_more(const FormatResult& a, const FormatResult& b) {
  const auto more = undercut(a);
  if (more != undercut(b)) return more > undercut(b);
  if (more > 0) return a.break_even.front().usd_per_month < b.break_even.front().usd_per_month;
  return usd_of_full_month(a) < usd_of_full_month(b);
}

/// The format whose first configuration is told of: what it cannot undercut, no other can. Null:
/// none was compared.
const FormatResult* compared(const FitResult& result) {
  const FormatResult* best = nullptr;
  for (const auto& one : result.formats) {
    if (one.break_even.empty()) continue;
    if (best == nullptr || tells_more(one, *best)) best = &one;
  }
  return best;
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
                   {"usd_per_million_input_tokens", "$/M input", Align::right, 5, {}, false},
                   {"usd_per_million_tokens", "$/M output", Align::right, 4, {}, false},
                   {"usd_per_thousand_requests", "$/1,000 requests", Align::right, 3, {}, false},
                   {"context", "context", Align::right, 8, {}, true},
                   {"as_of", "price of", Align::left, 7, {}, true}};
  if (format != nullptr) {
    table.columns.push_back(
        {"requests_per_month", "break-even requests/month", Align::right, 1, {}, false});
    table.columns.push_back({"utilisation", "hardware then", Align::left, 0, {}, true});
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
std::string capacity_text(const FitView& view, const ApiBreakEven& found) {
  if (!found.capacity) return {};
  const double most = found.capacity->requests_per_second * cost::seconds_per_month;
  return " and serves at most " + base::grouped_whole(most) + " requests in it, " +
         base::grouped(found.capacity->at_once) + " at once" +
         (view.request.load.serves() ? "" : " (--sequences asks for more)");
}

/// What the table comes to, for whoever does not see all of its columns.
std::string verdict_text(const FormatResult& format, std::size_t shown) {
  if (!format.break_even.front().capacity) {
    return " Its speed is not known, nor whether it can serve so many.";
  }
  const auto first = format.break_even.begin();
  const auto yes = std::count_if(first, first + static_cast<std::ptrdiff_t>(shown), is_cheaper);
  if (yes == 0) {
    return " It never costs less than an API: it is too slow to serve as many as that takes.";
  }
  const auto all = static_cast<std::ptrdiff_t>(shown);
  const auto some = yes == all ? std::string(all == 1 ? "the API" : "each of them")
                               : std::to_string(yes) + " of the " + std::to_string(all);
  return " From the break-even on it costs less than " + some +
         (yes == all ? "." : "; for the others it is too slow.");
}

/// The configuration that stands against the APIs: "2 copies of 4 × L4 (q4, vast.ai L4)".
std::string configuration_text(const FormatResult& format) {
  const auto& first = format.candidates.front();
  const auto copies = first.service ? first.service->copies.value_or(1) : 1;
  return (copies > 1 ? base::grouped(copies) + " copies of " : "") + set_name(first) + " (" +
         std::string(format_id(format)) + ", " + offer_name(first.cost) + ")";
}

/// What stands against the APIs.
std::string against(const FitView& view, const FormatResult& format) {
  const auto& found = format.break_even.front();
  const auto all = view.request.apis.prices.size();
  auto text = configuration_text(format) + " costs " + base::usd_text(found.usd_per_month) +
              " a month" + capacity_text(view, found) + "." +
              verdict_text(format, std::min(all, most_rows));
  if (all <= most_rows) return text;
  return text + " " + std::to_string(most_rows) + " of " + std::to_string(all) +
         " providers; --json has all.";
}

/// Providers and names of the shown rows of one kind; empty: none.
std::string rows_of(const std::vector<ApiPrice>& prices, HostedName kind) {
  std::string names;
  for (std::size_t i = 0; i < std::min(prices.size(), most_rows); ++i) {
    if (prices[i].name != kind) continue;
    names.append(names.empty() ? "" : ", ").append(prices[i].provider);
    names.append(" ").append(prices[i].model);
  }
  return names;
}

/// What the names of hosted models leave open; empty: nothing.
std::string names_text(const std::vector<ApiPrice>& prices) {
  std::string text;
  const auto variants = rows_of(prices, HostedName::variant);
  if (!variants.empty()) {
    text = "A provider's own variant, perhaps with fewer bits: " + variants + ".";
  }
  const auto moving = rows_of(prices, HostedName::moving);
  if (moving.empty()) return text;
  return text + (text.empty() ? "" : " ") +
         "Names no version, so it may serve a newer model: " + moving + ".";
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
  if (auto text = names_text(view.request.apis.prices); !text.empty()) {
    sections.push_back({{}, Paragraph{Voice::plain, std::move(text)}});
  }
  return sections;
}

}  // namespace llmfit::render
