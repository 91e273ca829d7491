// SPDX-License-Identifier: MIT
#include "render/checks_report.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace llmfit::render {
namespace {

std::string title(const ChecksView& view) {
  const auto all = static_cast<std::int64_t>(view.checks.size());
  const auto yes = std::count_if(view.checks.begin(), view.checks.end(),
                                 [](const CheckSummary& check) { return check.fits; });
  auto text = base::grouped(all) + (all == 1 ? " check" : " checks");
  if (yes == all) return text + (all == 1 ? " · it holds" : " · all hold");
  return text + " · " + base::grouped(yes) + (yes == 1 ? " holds, " : " hold, ") +
         base::grouped(all - yes) + (all - yes == 1 ? " does not" : " do not");
}

Cell owned_cell(const CheckSummary& check) {
  return check.owning ? usd_cell(check.owning->usd_per_hour) : Unknown{};
}

Table overview(const ChecksView& view) {
  Table table;
  table.columns = {{"name", "check", Align::left, 0, {}, false},
                   {"fits", "", Align::left, 0, {}, false},
                   {"needed_bytes", "used", Align::right, 0, {}, false},
                   {"usable_bytes", "of usable GiB", Align::right, 0, " / ", false},
                   {"max_context", "context up to", Align::right, 3, {}, true},
                   {"usd_per_hour", "$/hour", Align::right, 1, {}, true},
                   {"owned_usd_per_hour", "$/hour owned", Align::right, 1, {}, true},
                   {"offer", "where", Align::left, 2, {}, true}};
  for (const auto& check : view.checks) {
    table.rows.push_back({Text{base::printable(check.name)}, Verdict{check.fits, check.verdict},
                          needed_cell(check.needed), available_cell(check.usable),
                          count_cell(check.max_context), usd_cell(check.cost.usd_per_hour),
                          owned_cell(check), text_cell(offer_name(check.cost))});
  }
  return table;
}

/// "max_usd_hour max_usd_month"
std::string broken_limits(const CheckSummary& check) {
  std::string names;
  for (const auto& limit : check.limits) {
    if (!limit.kept) names.append(names.empty() ? "" : " ").append(to_string(limit.limit));
  }
  if (check.commercial && !allows_commercial_use(check.commercial_use)) {
    names.append(names.empty() ? "" : " ").append("commercial");
  }
  return names;
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const auto& sentence : sentences) text.append(text.empty() ? "" : " ").append(sentence);
  return text;
}

struct FlatColumn {
  std::string_view name;
  Cell (*cell)(const CheckSummary&);
};

Cell offer_cell(const CheckSummary& check, std::string_view OfferRecord::*part) {
  return check.cost.offer == nullptr ? Cell{Unknown{}} : text_cell(check.cost.offer->*part);
}

Cell context_cell(std::int64_t value) { return value == 0 ? Cell{Unknown{}} : Count{value}; }

const auto flat_columns = std::to_array<FlatColumn>({
    {"name", [](const CheckSummary& c) { return text_cell(base::printable(c.name)); }},
    {"fits",
     [](const CheckSummary& c) -> Cell {
       return Verdict{c.fits, c.fits ? "yes" : "no"};
     }},
    {"reason",
     [](const CheckSummary& c) {
       return c.reason ? text_cell(to_string(*c.reason)) : Cell{Unknown{}};
     }},
    {"model", [](const CheckSummary& c) { return text_cell(c.model); }},
    {"quantization", [](const CheckSummary& c) { return text_cell(c.quantization); }},
    {"engine", [](const CheckSummary& c) { return text_cell(c.engine); }},
    {"context", [](const CheckSummary& c) { return context_cell(c.context); }},
    {"sequences", [](const CheckSummary& c) { return context_cell(c.sequences); }},
    {"gpu", [](const CheckSummary& c) { return text_cell(c.gpu); }},
    {"gpu_count",
     [](const CheckSummary& c) -> Cell {
       return Number{c.gpu_count, 0};
     }},
    {"needed_bytes", [](const CheckSummary& c) { return needed_cell(c.needed); }},
    {"usable_bytes", [](const CheckSummary& c) { return available_cell(c.usable); }},
    {"headroom_bytes", [](const CheckSummary& c) { return available_cell(c.headroom); }},
    {"max_context", [](const CheckSummary& c) { return count_cell(c.max_context); }},
    {"max_sequences", [](const CheckSummary& c) { return count_cell(c.max_sequences); }},
    {"usd_per_hour", [](const CheckSummary& c) { return usd_cell(c.cost.usd_per_hour); }},
    {"usd_per_month", [](const CheckSummary& c) { return usd_cell(c.cost.usd_per_month); }},
    {"provider", [](const CheckSummary& c) { return offer_cell(c, &OfferRecord::provider); }},
    {"instance", [](const CheckSummary& c) { return offer_cell(c, &OfferRecord::instance); }},
    {"broken_limits", [](const CheckSummary& c) { return text_cell(broken_limits(c)); }},
    {"why", [](const CheckSummary& c) { return text_cell(joined(why_not(c))); }},
    {"owned_usd_per_hour", [](const CheckSummary& c) { return owned_cell(c); }},
});

}  // namespace

Report checks_report(const ChecksView& view) {
  Report report;
  report.title = title(view);
  report.aside = base::printable(view.file);
  report.sections.push_back({{}, overview(view)});
  for (const auto& check : view.checks) {
    if (check.fits) continue;
    auto text = base::printable(check.name) + ": " + joined(why_not(check));
    report.sections.push_back({{}, Paragraph{Voice::plain, std::move(text)}});
  }
  return report;
}

Report checks_flat_report(const ChecksView& view) {
  Table table;
  for (const auto& column : flat_columns) {
    const std::string name(column.name);
    table.columns.push_back({name, name, Align::left, 0, {}, false});
  }
  for (const auto& check : view.checks) {
    auto& cells = table.rows.emplace_back();
    for (const auto& column : flat_columns) cells.push_back(column.cell(check));
  }
  Report report;
  report.sections.push_back({{}, std::move(table)});
  return report;
}

}  // namespace llmfit::render
