// SPDX-License-Identifier: MIT
#include "search/price_notes.hpp"

#include <algorithm>

#include "base/date.hpp"
#include "base/numbers.hpp"
#include "search/note_words.hpp"

namespace llmfit::search {
namespace {

/// What has an old price, each once, and which of them is the oldest.
class Ages {
 public:
  explicit Ages(std::string_view today) : today_(today) {}

  /// Whether this is the oldest so far; `what` tells one thing from another.
  bool add(const void* what, std::string_view as_of) {
    if (!is_old(as_of, today_)) return false;
    if (std::find(old_.begin(), old_.end(), what) != old_.end()) return false;
    old_.push_back(what);
    const auto days = base::days_of(*base::parse_date(as_of));
    if (oldest_ && *oldest_ <= days) return false;
    oldest_ = days;
    return true;
  }

  /// ", and 3 others are older than 90 days too"; empty where there is but one.
  [[nodiscard]] std::string others() const {
    if (old_.size() < 2) return {};
    const auto count = static_cast<std::int64_t>(old_.size()) - 1;
    return ", and " + base::grouped(count) + (count == 1 ? " other is" : " others are") +
           " older than " + std::to_string(old_days) + " days too";
  }

 private:
  std::string_view today_;
  std::vector<const void*> old_;
  std::optional<std::int32_t> oldest_;
};

template <class Visit>
void for_each_offer(const FitResult& result, Visit visit) {
  for (const auto& one : result.formats) {
    for (const auto& candidate : one.candidates) {
      if (candidate.cost.offer != nullptr) visit(candidate.cost);
    }
  }
}

/// Machines that a job may run on, at both of the prices that stand side by side.
template <class Visit>
void for_each_job_offer(const FitResult& result, Visit visit) {
  for (const auto& one : result.formats) {
    for (const auto& candidate : one.candidates) {
      if (candidate.batch == nullptr) continue;
      Cost cost;
      cost.offer = candidate.batch->on_demand;
      if (cost.offer != nullptr) visit(cost);
      cost.offer = candidate.batch->spot;
      cost.term = RentalTerm::spot;
      if (cost.offer != nullptr) visit(cost);
    }
  }
}

/// One for all: the oldest, and how many more there are.
void note_ages(const Question& question, const FitResult& result, std::vector<Note>& notes) {
  Ages ages(question.request.today);
  std::vector<std::string> oldest;
  for_each_offer(result, [&](const Cost& cost) {
    if (cost.offer->status == OfferStatus::retired || !cost.usd_per_hour) return;
    const auto as_of = price_date(cost);
    if (ages.add(cost.offer, as_of)) oldest = {machine_name(*cost.offer), std::string(as_of)};
  });
  for_each_job_offer(result, [&](const Cost& cost) {
    const auto as_of = price_date(cost);
    if (ages.add(cost.offer, as_of)) oldest = {machine_name(*cost.offer), std::string(as_of)};
  });
  for (const auto& api : question.request.apis.prices) {
    if (ages.add(&api, api.as_of)) oldest = {api.provider + "/" + api.model, api.as_of};
  }
  if (oldest.empty()) return;
  oldest.push_back(ages.others());
  notes.push_back({NoteCode::price_old, std::move(oldest)});
}

/// A day that has not come is a slip in somebody's own list; a day is left for other time zones.
bool is_to_come(std::string_view as_of, std::string_view today) {
  const auto day = base::parse_date(as_of);
  const auto now = base::parse_date(today);
  return day && now && base::days_of(*day) - base::days_of(*now) > 1;
}

void note_days_to_come(const Question& question, const FitResult& result,
                       std::vector<Note>& notes) {
  const auto& today = question.request.today;
  std::vector<std::string> first;
  const auto look = [&](const std::string& name, std::string_view as_of) {
    if (!first.empty() || !is_to_come(as_of, today)) return;
    first = {name, std::string(as_of), ", a day that has not come"};
  };
  for_each_offer(result, [&](const Cost& cost) {
    if (cost.usd_per_hour) look(machine_name(*cost.offer), price_date(cost));
  });
  for (const auto& api : question.request.apis.prices) {
    look(api.provider + "/" + api.model, api.as_of);
  }
  if (!first.empty()) notes.push_back({NoteCode::price_old, std::move(first)});
}

/// The configuration that a reader looks at first, in each format.
void note_extras(const FitResult& result, std::vector<Note>& notes) {
  std::vector<const OfferRecord*> told;
  for (const auto& one : result.formats) {
    if (one.candidates.empty()) continue;
    const auto* offer = one.candidates.front().cost.offer;
    if (offer == nullptr || offer->includes != "card") continue;
    if (std::find(told.begin(), told.end(), offer) != told.end()) continue;
    told.push_back(offer);
    notes.push_back({NoteCode::card_price_only, {machine_name(*offer)}});
  }
}

/// Dollars an hour for each whole card; absent: no price, a slice, or nothing to be rented now.
std::optional<double> usd_per_card(const OfferRecord& offer, RentalTerm term) {
  const auto price = rental_price(offer, term).usd_per_hour;
  if (!price || offer.gpu_count < 1 || offer.status != OfferStatus::listed) return std::nullopt;
  return *price / offer.gpu_count;
}

/// What the cheapest other provider asks for one such card. Offers stand in the order of their
/// cards.
std::optional<double> price_elsewhere(const Catalog& catalog, const OfferRecord& offer,
                                      RentalTerm term) {
  const auto offers = catalog.offers();
  auto next = std::lower_bound(
      offers.begin(), offers.end(), offer.gpu_index,
      [](const OfferRecord& one, std::int32_t index) { return one.gpu_index < index; });
  std::optional<double> least;
  for (; next != offers.end() && next->gpu_index == offer.gpu_index; ++next) {
    const auto each = next->provider == offer.provider ? std::nullopt : usd_per_card(*next, term);
    if (each && (!least || *each < *least)) least = each;
  }
  return least;
}

/// A marketplace lists what single hosts ask: where that is far below every other provider's price,
/// it is a few hosts' offer and no price that one can count on.
std::string outlier(const Catalog& catalog, const Cost& cost) {
  const auto& offer = *cost.offer;
  if (offer.kind != "marketplace" || offer.gpu_index < 0) return {};
  const auto each = usd_per_card(offer, cost.term);
  const auto elsewhere = each ? price_elsewhere(catalog, offer, cost.term) : std::nullopt;
  if (!elsewhere || *each * 2 >= *elsewhere) return {};
  const auto& card = catalog.gpus()[static_cast<std::size_t>(offer.gpu_index)];
  return std::string(card.name) + " from " + std::string(offer.provider) + " at $" +
         base::fixed(*each, 3) + " (others from $" + base::fixed(*elsewhere, 3) + ")";
}

void note_outliers(const Question& question, const FitResult& result, std::vector<Note>& notes) {
  constexpr std::size_t most = 2;
  std::vector<const OfferRecord*> seen;
  std::vector<std::string> found;
  for_each_offer(result, [&](const Cost& cost) {
    if (std::find(seen.begin(), seen.end(), cost.offer) != seen.end()) return;
    seen.push_back(cost.offer);
    auto text = outlier(question.catalog, cost);
    const bool known = std::find(found.begin(), found.end(), text) != found.end();
    if (!text.empty() && !known) found.push_back(std::move(text));
  });
  if (found.empty()) return;
  std::string list;
  for (std::size_t i = 0; i < std::min(found.size(), most); ++i) {
    list.append(i == 0 ? "" : ", ").append(found[i]);
  }
  if (found.size() > most) list += " and " + std::to_string(found.size() - most) + " more";
  notes.push_back({NoteCode::marketplace_price, {list}});
}

void note_term(const Question& question, const FitResult& result, std::vector<Note>& notes) {
  bool priced = false;
  for_each_offer(result, [&](const Cost&) { priced = true; });
  if (!priced) return;
  switch (question.offers.term()) {
    case RentalTerm::on_demand:
      return;
    case RentalTerm::spot:
      return notes.push_back({NoteCode::spot_interruption, {}});
    case RentalTerm::reserved_1y:
      return notes.push_back({NoteCode::reserved_commitment, {"a year"}});
    case RentalTerm::reserved_3y:
      return notes.push_back({NoteCode::reserved_commitment, {"three years"}});
  }
}

}  // namespace

std::string machine_name(const OfferRecord& offer) {
  return std::string(offer.provider) + " " + std::string(offer.instance);
}

NoteCode no_price(RentalTerm term) {
  switch (term) {
    case RentalTerm::on_demand:
      break;
    case RentalTerm::spot:
      return NoteCode::no_spot;
    case RentalTerm::reserved_1y:
    case RentalTerm::reserved_3y:
      return NoteCode::no_reserved;
  }
  return NoteCode::no_offer;
}

std::vector<Note> price_notes(const Question& question, const FitResult& result) {
  std::vector<Note> notes;
  note_term(question, result, notes);
  note_ages(question, result, notes);
  note_days_to_come(question, result, notes);
  note_extras(result, notes);
  note_outliers(question, result, notes);
  return notes;
}

}  // namespace llmfit::search
