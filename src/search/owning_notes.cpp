// SPDX-License-Identifier: MIT
#include "search/owning_notes.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/date.hpp"

namespace llmfit::search {
namespace {

bool is_stale(std::string_view as_of, std::string_view today) {
  constexpr std::int32_t most_days = 90;
  const auto then = base::parse_date(as_of);
  const auto now = base::parse_date(today);
  return then && now && base::days_of(*now) - base::days_of(*then) > most_days;
}

/// Different cards whose street price is old, and the oldest date.
struct StaleCards {
  std::vector<std::string_view> names;
  std::string_view oldest;

  void add(const GpuRecord& gpu, std::string_view date) {
    if (std::find(names.begin(), names.end(), gpu.name) == names.end()) names.push_back(gpu.name);
    if (oldest.empty() || date < oldest) oldest = date;
  }
};

void add_cards(StaleCards& stale, const Candidate& candidate, std::string_view today) {
  if (!candidate.owning || candidate.owning->basis != PriceBasis::street) return;
  for (const auto& part : candidate.gpus) {
    const auto price = purchase_price(*part.gpu);
    if (price.street && is_stale(price.date, today)) stale.add(*part.gpu, price.date);
  }
}

std::string some_of(const std::vector<std::string_view>& names) {
  constexpr std::size_t most = 3;
  const auto shown = std::min(names.size(), most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text.append(i == 0 ? "" : ", ").append(names[i]);
  const auto others = names.size() - shown;
  if (others == 0) return text;
  return text + " and " + std::to_string(others) + (others == 1 ? " other" : " others");
}

}  // namespace

std::vector<Note> owning_notes(const FitRequest& request, const FitResult& result) {
  std::vector<Note> notes;
  if (!request.owning) return notes;
  StaleCards stale;
  for (const auto& format : result.formats) {
    for (const auto& candidate : format.candidates) add_cards(stale, candidate, request.today);
  }
  if (!stale.names.empty()) {
    notes.push_back(
        {NoteCode::street_price_old, {some_of(stale.names), std::string(stale.oldest)}});
  }
  if (!request.owning->factors) return notes;
  const auto price = request.owning->factors->at_own_place().electricity_price;
  if (price && is_stale(price->as_of, request.today)) {
    notes.push_back({NoteCode::electricity_price_old, {price->place, price->as_of}});
  }
  return notes;
}

}  // namespace llmfit::search
