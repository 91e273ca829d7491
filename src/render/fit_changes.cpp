// SPDX-License-Identifier: MIT
#include "render/fit_changes.hpp"

#include "base/numbers.hpp"
#include "render/fit_memory.hpp"

namespace llmfit::render {
namespace {

/// "+1.20", "-0.35": against the hardware that was asked for.
Cell delta_cell(const Change& change) {
  if (!change.usd_per_hour_delta) return Unknown{};
  const auto delta = *change.usd_per_hour_delta;
  const auto text = base::fixed(delta < 0 ? -delta : delta, 2);
  return Text{(text == "0.00" ? "" : delta < 0 ? "-" : "+") + text};
}

std::vector<Column> columns() {
  return {{"kind", "what", Align::left, 1, {}, false},
          {"option", "type", Align::left, 0, {}, false},
          {"gpu", "fits on", Align::left, 3, {}, false},
          {"needed_bytes", "used", Align::right, 0, {}, false},
          {"usable_bytes", "of usable GiB", Align::right, 0, " / ", false},
          {"usd_per_hour", "$/hour", Align::right, 0, {}, true},
          {"usd_per_hour_delta", "more", Align::right, 4, {}, true},
          {"purchase_usd", "$ to buy", Align::right, 5, {}, true},
          {"offer", "where", Align::left, 2, {}, true}};
}

std::vector<Cell> cells(const Change& change) {
  const auto& candidate = change.candidate;
  const auto* device = tightest(candidate);
  const bool known = device != nullptr;
  const auto copies = candidate.service ? candidate.service->copies.value_or(1) : 1;
  auto purchase = candidate.cost.purchase_usd;
  if (purchase) *purchase *= static_cast<double>(copies);
  return {Text{std::string(describe(change.lever))},
          Id{change.option},
          Text{(copies > 1 ? base::grouped(copies) + " copies of " : "") + set_name(candidate)},
          known ? Cell{Size{device->load.total(), base::Round::up, 2}} : Cell{Unknown{}},
          known ? Cell{Size{device->load.total() + device->headroom, base::Round::down, 2}}
                : Cell{Unknown{}},
          usd_cell(whole_usd_per_hour(candidate)),
          delta_cell(change),
          usd_cell(purchase, 0),
          text_cell(offer_name(candidate.cost))};
}

void add_part(std::string& text, const std::string& part) {
  text.append(text.empty() ? "" : ", ").append(part);
}

}  // namespace

Section changes_section(const FitView& view) {
  Table table{columns(), {}};
  for (const auto& change : view.result.changes) table.rows.push_back(cells(change));
  return {"What would have to change, any one of these", std::move(table)};
}

std::string headroom_text(const FormatResult& format) {
  if (!format.headroom || format.candidates.empty()) return {};
  const auto& room = *format.headroom;
  std::string parts;
  if (room.context_tokens.value_or(0) > 0) {
    add_part(parts, base::grouped(*room.context_tokens) + " more tokens of context");
  }
  if (room.sequences.value_or(0) > 0) {
    add_part(parts, base::grouped(*room.sequences) +
                        (*room.sequences == 1 ? " more sequence" : " more sequences"));
  }
  if (room.next_format != nullptr) {
    add_part(parts, std::string(room.next_format->id) + " with " +
                        base::fixed(room.bits_per_weight.value_or(0), 2) + " bits");
  }
  const auto where = set_name(format.candidates.front());
  if (parts.empty()) return where + " has no room for more.";
  return "Room on " + where + ", for one of: " + parts + ".";
}

}  // namespace llmfit::render
