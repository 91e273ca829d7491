// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/numbers.hpp"
#include "search/changes.hpp"
#include "search/hardware.hpp"

namespace llmfit::search {
namespace {

std::string card_words(const Candidate& candidate) {
  std::string text;
  for (const auto& part : candidate.gpus) {
    text.append(text.empty() ? "" : " + ").append(part.gpu->id);
    text.append("x").append(base::shortest(part.count));
  }
  return text;
}

std::string offer_words(const OfferRecord& offer) {
  std::string text(offer.provider);
  if (!offer.instance.empty()) text.append(" ").append(offer.instance);
  return text;
}

/// The largest set that was asked for.
double asked_cards(const HardwareRequest& hardware) {
  std::int32_t largest = 1;
  for (const auto& choice : hardware.alternatives) {
    largest = std::max(largest, choice.count.value_or(hardware.max_gpus));
  }
  std::int32_t together = 0;
  for (const auto& choice : hardware.together) together += choice.count.value_or(1);
  return std::max(largest, together);
}

bool is_named(const HardwareRequest& hardware) {
  return !hardware.alternatives.empty() || !hardware.together.empty();
}

Bytes all_memory(const Candidate& candidate) {
  Bytes sum;
  for (const auto& device : candidate.devices) sum = sum + device.usable;
  return sum;
}

/// Whole cards that fit: neither a slice nor a machine without a card.
bool is_cards(const Candidate& candidate) { return candidate.fits && card_count(candidate) >= 1; }

void add_cards(ChangeSearch& search, Lever lever, Candidate candidate) {
  auto option = option_text(candidate.gpus);
  auto value = card_words(candidate);
  search.add(lever, std::move(option), std::move(value), std::move(candidate));
}

/// One more of each kind of a mixed machine, in turn.
void more_of_a_mixture(ChangeSearch& search) {
  auto request = search.request();
  for (auto& choice : request.hardware.together) {
    if (asked_cards(request.hardware) >= machine_gpus) return;
    choice.count = choice.count.value_or(1) + 1;
    auto found = search.yes(request, search.closest().choice);
    if (found) return add_cards(search, Lever::cards, std::move(*found));
    choice.count = *choice.count - 1;
  }
}

bool is_priced(const Candidate& candidate) {
  return candidate.cost.usd_per_hour || candidate.cost.purchase_usd;
}

/// What is only announced has no price: it comes after all that has one.
std::optional<Candidate> first_cards(std::vector<Candidate> candidates, double more_than) {
  const auto suffices = [&](const Candidate& candidate) {
    return is_cards(candidate) && card_count(candidate) > more_than;
  };
  auto found = std::find_if(candidates.begin(), candidates.end(),
                            [&](const Candidate& one) { return suffices(one) && is_priced(one); });
  if (found == candidates.end())
    found = std::find_if(candidates.begin(), candidates.end(), suffices);
  return found == candidates.end() ? std::nullopt : std::optional(std::move(*found));
}

std::string_view vendor_of(const Candidate& candidate) {
  return candidate.gpus.empty() ? std::string_view{} : candidate.gpus.front().gpu->vendor;
}

/// What one can buy or rent, and put where the asked-for card is.
bool is_choice(const Candidate& candidate, const Candidate& asked) {
  const auto segment = candidate.gpus.front().gpu->segment;
  const bool apart = segment == "laptop" || segment == "edge";
  const bool same = !asked.gpus.empty() && asked.gpus.front().gpu->segment == segment;
  return (same || !apart) && is_priced(candidate);
}

/// The fewest cards and the least memory that suffice, of what can be rented first; `vendor`: of
/// its cards alone.
const Candidate* nearest_card(const std::vector<Candidate>& found, const Candidate& asked,
                              double cards, std::optional<std::string_view> vendor) {
  const auto key = [](const Candidate& one) {
    return std::make_tuple(!one.cost.usd_per_hour, card_count(one), all_memory(one));
  };
  const Candidate* nearest = nullptr;
  for (const auto& one : found) {
    if (!is_cards(one) || card_count(one) > cards || !is_choice(one, asked)) continue;
    if (vendor && vendor_of(one) != *vendor) continue;
    if (nearest == nullptr || key(one) < key(*nearest)) nearest = &one;
  }
  return nearest;
}

/// A variant of the family that was asked for, where some fit and some do not; the next card up of
/// the same vendor, and of any.
void add_nearest(ChangeSearch& search, const Candidate& asked, const std::vector<Candidate>& found,
                 double cards) {
  if (asked.fits) add_cards(search, Lever::card, asked);
  for (const auto vendor : {std::optional(vendor_of(asked)), std::optional<std::string_view>{}}) {
    const auto* nearest = nearest_card(found, asked, cards, vendor);
    if (nearest != nullptr) add_cards(search, Lever::card, *nearest);
  }
}

void add_offer(ChangeSearch& search, const std::vector<Candidate>& found) {
  const auto rented = std::find_if(found.begin(), found.end(), [](const Candidate& one) {
    const bool whole = one.gpus.empty() || card_count(one) >= 1;
    return one.fits && whole && one.cost.offer != nullptr && one.cost.usd_per_hour;
  });
  if (rented == found.end()) return;
  search.add(Lever::offer, option_text(rented->gpus), offer_words(*rented->cost.offer), *rented);
}

/// Where only a provider's list is in the way: the one that has it cheapest.
void other_provider(ChangeSearch& search) {
  auto request = search.request();
  if (request.offers.providers.empty()) return;
  request.offers.providers.clear();
  const auto found = search.yes(request, search.closest().choice);
  if (!found || found->cost.offer == nullptr) return;
  const std::string provider(found->cost.offer->provider);
  request.offers.providers = {provider};
  auto there = search.yes(request, search.closest().choice);
  if (!there || there->cost.offer == nullptr) return;
  const auto value = offer_words(*there->cost.offer);
  search.add(Lever::offer, "--provider " + provider, value, std::move(*there));
}

}  // namespace

void pull_budget(ChangeSearch& search) {
  const auto& closest = search.closest();
  if (!search.question().request.offers.max_usd_hour || !closest.choice.format) return;
  std::optional<double> least;
  for (const auto& candidate : closest.candidates) {
    const auto price = whole_usd_per_hour(candidate);
    if (candidate.reason != Reason::over_budget || !price) continue;
    if (!least || *price < *least) least = price;
  }
  if (!least) return;
  auto request = search.request();
  const double cents = std::ceil(*least * 100 - 1e-6);
  const auto words = base::fixed(cents / 100, 2);
  request.offers.max_usd_hour = cents / 100;
  auto found = search.yes(request, closest.choice);
  if (found) search.add(Lever::budget, "--max-usd-hour " + words, words, std::move(*found));
}

void pull_cards(ChangeSearch& search) {
  if (!search.closest().choice.format) return;
  auto request = search.request();
  if (!request.hardware.together.empty()) return more_of_a_mixture(search);
  const auto* from = search.asked();
  const bool any_count = from != nullptr && from->reason == Reason::not_divisible;
  // Cards that hold all of it are worth naming, and far quicker to find.
  request.workload.offload = Offload::none;
  const double asked = any_count                    ? 0
                       : is_named(request.hardware) ? asked_cards(request.hardware)
                                                    : request.hardware.max_gpus;
  for (auto& choice : request.hardware.alternatives) choice.count.reset();
  for (const auto most : {machine_gpus, most_gpus}) {
    if (most <= asked) continue;
    request.hardware.max_gpus = most;
    auto found = first_cards(search.candidates(request, search.closest().choice), asked);
    if (found) return add_cards(search, Lever::cards, std::move(*found));
  }
}

void pull_hardware(ChangeSearch& search) {
  const auto& closest = search.closest();
  if (!closest.choice.format) return;
  if (closest.candidates.empty()) other_provider(search);
  auto request = search.request();
  if (!is_named(request.hardware)) return;
  const auto cards = asked_cards(request.hardware);
  request.workload.offload = Offload::none;
  // What is said of the memory of any card stays.
  request.hardware.alternatives.clear();
  request.hardware.together.clear();
  request.sort = Sort::cheapest;
  request.hardware.max_gpus = std::max(machine_gpus, static_cast<std::int32_t>(cards));
  const auto found = search.candidates(request, closest.choice);
  if (const auto* asked = search.asked()) add_nearest(search, *asked, found, cards);
  const auto cheapest = std::find_if(found.begin(), found.end(), [&](const Candidate& one) {
    return is_cards(one) && card_count(one) <= cards;
  });
  if (cheapest != found.end()) add_cards(search, Lever::card, *cheapest);
  add_offer(search, found);
}

}  // namespace llmfit::search
