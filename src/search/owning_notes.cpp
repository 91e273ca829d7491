// SPDX-License-Identifier: MIT
#include "search/owning_notes.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "search/note_words.hpp"

namespace llmfit::search {
namespace {

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
    if (price.street && is_old(price.date, today)) stale.add(*part.gpu, price.date);
  }
}

/// The configurations that figures are shown of: all of every format that hold the model.
template <class Visit>
void for_each_held(const FitResult& result, Visit visit) {
  for (const auto& format : result.formats) {
    for (const auto& candidate : format.candidates) {
      if (candidate.holds && candidate.owning && candidate.energy) visit(candidate);
    }
  }
}

/// What some places share, and the grid that counts for them: the first.
struct Places {
  std::vector<std::string> names;
  std::string grid;

  void add(std::string name, const Factor& factor) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
    if (grid.empty()) grid = factor.place;
  }
  [[nodiscard]] std::string text() const {
    return some_of(std::vector<std::string_view>(names.begin(), names.end()));
  }
};

std::string place_name(const Candidate& candidate) {
  const auto* offer = candidate.cost.offer;
  if (offer == nullptr) return "hardware of one's own";
  std::string name(offer->provider);
  return offer->region.empty() ? name : name + " (" + std::string(offer->region) + ")";
}

void note_grids(const FitResult& result, std::vector<Note>& notes) {
  Places assumed;
  Places several;
  for_each_held(result, [&](const Candidate& candidate) {
    const auto& factors = candidate.energy->factors;
    if (!factors || !factors->grid_carbon) return;
    if (factors->grid_basis == GridBasis::assumed) {
      assumed.add(place_name(candidate), *factors->grid_carbon);
    } else if (factors->grid_basis == GridBasis::one_of_several) {
      several.add(place_name(candidate), *factors->grid_carbon);
    }
  });
  if (!assumed.names.empty()) {
    notes.push_back({NoteCode::grid_assumed, {assumed.text(), assumed.grid}});
  }
  // Each has a grid of its own, so only that of the first is named.
  if (!several.names.empty()) {
    notes.push_back({NoteCode::grid_one_of_several, {several.names.front(), several.grid}});
  }
}

/// What a place or a figure for --grid does not bring along.
void note_other_places(const FitResult& result, std::vector<Note>& notes) {
  bool price = false;
  bool water = false;
  for_each_held(result, [&](const Candidate& candidate) {
    const auto& own = candidate.owning->factors;
    if (!price && own && own->price_elsewhere && own->electricity_price && own->grid_carbon) {
      notes.push_back({NoteCode::electricity_price_elsewhere,
                       {own->electricity_price->place, own->grid_carbon->place}});
      price = true;
    }
    const auto& there = candidate.energy->factors;
    if (!water && there && there->grid_water && there->grid_carbon && there->grid_carbon->given) {
      notes.push_back({NoteCode::grid_water_elsewhere, {there->grid_water->place}});
      water = true;
    }
  });
}

/// Different prices that are old, each once.
void note_old_electricity(const FitResult& result, std::string_view today,
                          std::vector<Note>& notes) {
  std::vector<std::string> told;
  for_each_held(result, [&](const Candidate& candidate) {
    const auto& factors = candidate.owning->factors;
    if (!factors || !factors->electricity_price) return;
    const auto& price = *factors->electricity_price;
    if (!is_old(price.as_of, today)) return;
    if (std::find(told.begin(), told.end(), price.id) != told.end()) return;
    told.push_back(price.id);
    notes.push_back({NoteCode::electricity_price_old, {price.place, price.as_of}});
  });
}

bool holds_any(const FitResult& result) {
  bool any = false;
  for_each_held(result, [&](const Candidate&) { any = true; });
  return any;
}

}  // namespace

std::vector<Note> owning_notes(const FitRequest& request, const FitResult& result) {
  std::vector<Note> notes;
  if (!request.owning) return notes;
  StaleCards stale;
  for_each_held(result,
                [&](const Candidate& candidate) { add_cards(stale, candidate, request.today); });
  if (!stale.names.empty()) {
    notes.push_back(
        {NoteCode::street_price_old, {some_of(stale.names), std::string(stale.oldest)}});
  }
  if (!holds_any(result)) {
    notes.push_back({NoteCode::costs_of_nothing, {}});
    return notes;
  }
  note_old_electricity(result, request.today, notes);
  note_grids(result, notes);
  note_other_places(result, notes);
  return notes;
}

}  // namespace llmfit::search
