// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "base/numbers.hpp"
#include "llmfit/fit.hpp"
#include "search/hardware.hpp"

namespace llmfit {
namespace {

using base::Round;

struct LeverWords {
  Lever lever;
  std::string_view word;
  std::string_view meaning;
};

constexpr std::array<LeverWords, 13> lever_words = {{
    {Lever::format, "format", "Other bits"},
    {Lever::kv_type, "kv_type", "Another KV cache"},
    {Lever::context, "context", "Less context"},
    {Lever::sequences, "sequences", "Fewer sequences"},
    {Lever::split, "split", "Another split"},
    {Lever::offload, "offload", "A part in host memory"},
    {Lever::cards, "cards", "Another number of cards"},
    {Lever::card, "card", "Another card"},
    {Lever::offer, "offer", "The cheapest to rent"},
    {Lever::engine, "engine", "Another engine"},
    {Lever::budget, "budget", "A higher limit"},
    {Lever::users, "users", "Fewer users"},
    {Lever::within, "within", "More time"},
}};

const LeverWords& words_of(Lever lever) {
  return *std::find_if(lever_words.begin(), lever_words.end(),
                       [&](const LeverWords& one) { return one.lever == lever; });
}

}  // namespace

std::string_view to_string(Lever lever) { return words_of(lever).word; }

std::string_view describe(Lever lever) { return words_of(lever).meaning; }

std::string text(const Change& change) {
  const auto& candidate = change.candidate;
  const auto copies = candidate.service ? candidate.service->copies.value_or(1) : 1;
  std::string text = std::string(describe(change.lever)) + ": " + change.option + " fits on " +
                     (copies > 1 ? base::grouped(copies) + " copies of " : "") +
                     search::describe(candidate.gpus);
  if (const auto* device = tightest(candidate)) {
    text += " with " + base::gib_text(device->load.total(), Round::up) + " of " +
            base::gib_text(device->load.total() + device->headroom, Round::down) + " GiB used";
  }
  const auto price = whole_usd_per_hour(candidate);
  text +=
      price ? ", from " + base::usd_text(*price) + " an hour" : ", at an hourly price not known";
  return text + ".";
}

}  // namespace llmfit
