// SPDX-License-Identifier: MIT
#include "base/date.hpp"
#include "search/token_costs.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

FitResult prices(const OfferFilter& filter, const std::string& today,
                 const std::vector<CardChoice>& cards = {}) {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"q4"});
  request.offers = filter;
  request.today = today;
  request.hardware.alternatives = cards;
  auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  return std::move(*result);
}

std::vector<Note> notes_of(const FitResult& result, NoteCode code) {
  std::vector<Note> found;
  for (const auto& note : result.notes) {
    if (note.code == code) found.push_back(note);
  }
  return found;
}

OfferFilter of(const std::string& provider, RentalTerm term = RentalTerm::on_demand) {
  OfferFilter filter;
  filter.providers = {provider};
  filter.term = term;
  return filter;
}

}  // namespace

TEST_CASE("days between dates count what is not known as late as it can be", "[base]") {
  const auto days = [](std::string_view text) { return base::days_of(*base::parse_date(text)); };
  CHECK(days("1970-01-01") == 0);
  CHECK(days("2026-08-22") - days("2026-05-24") == 90);
  CHECK(days("2024-02") == days("2024-02-29"));
  CHECK(days("2025") == days("2025-12-31"));
}

TEST_CASE("a price warns from its 91st day on, once for all that are shown", "[fit]") {
  const auto fresh = prices(of("aws"), "2026-10-18");  // 90 days after 2026-07-20
  CHECK(notes_of(fresh, NoteCode::price_old).empty());
  const auto old = prices(of("aws"), "2026-10-19");
  const auto told = notes_of(old, NoteCode::price_old);
  REQUIRE(told.size() == 1);
  CHECK(told.front().args.at(1) == "2026-07-20");
  CHECK(text(told.front()).find("older than 90 days too") != std::string::npos);
}

TEST_CASE("a spot price is judged by its own day, and can be taken away", "[fit]") {
  const auto result = prices(of("aws", RentalTerm::spot), "2026-08-01", {card("t4", 1)});
  const auto told = notes_of(result, NoteCode::price_old);
  REQUIRE(told.size() == 1);
  CHECK(told.front().args.at(1) == "2023-11-16");
  CHECK(has_note(result, NoteCode::spot_interruption));
  CHECK_FALSE(has_note(prices(of("aws"), "2026-08-01"), NoteCode::spot_interruption));
}

TEST_CASE("a commitment is told with its length, and has prices only where one is known", "[fit]") {
  const auto result = prices(of("aws", RentalTerm::reserved_3y), "2026-08-01");
  REQUIRE(result.any_fits);
  for (const auto& candidate : result.formats.front().candidates) {
    REQUIRE(candidate.cost.offer != nullptr);
    CHECK(candidate.cost.usd_per_hour ==
          *candidate.cost.offer->usd_per_hour_reserved_3y * candidate.cost.machines);
  }
  const auto told = notes_of(result, NoteCode::reserved_commitment);
  REQUIRE(told.size() == 1);
  CHECK(told.front().args.front() == "three years");
  CHECK(has_note(prices(of("runpod", RentalTerm::reserved_1y), "", {card("rtx-4090", 1)}),
                 NoteCode::no_reserved));
}

TEST_CASE("a first price that is of the card alone is said to be", "[fit]") {
  const auto card_only = prices(of("coreweave"), "");
  CHECK(notes_of(card_only, NoteCode::card_price_only).size() == 1);
  CHECK_FALSE(has_note(prices(of("aws"), ""), NoteCode::card_price_only));
}

TEST_CASE("a marketplace price below half of every other provider's is named", "[fit]") {
  const auto cheap = prices(of("vast.ai"), "", {card("l4", 1)});
  const auto told = notes_of(cheap, NoteCode::marketplace_price);
  REQUIRE(told.size() == 1);
  CHECK(told.front().args.front().find("L4 from vast.ai at $0.027") != std::string::npos);
  CHECK_FALSE(has_note(prices(of("aws"), "", {card("l4", 1)}), NoteCode::marketplace_price));
}

TEST_CASE("tokens cost more the less the hardware is busy, and a mix has a price where it is named",
          "[fit]") {
  const auto model = model_of("llama3.1-8b");
  auto request = request_of(model, {"q4"});
  request.hardware.alternatives = {card("l4", 1)};
  const auto cost_of = [&] {
    auto result = fit(Catalog::builtin(), model, request);
    REQUIRE(result.has_value());
    return result->formats.front().candidates.front().cost;
  };
  const auto busy = cost_of();
  REQUIRE(busy.usd_per_million_tokens.has_value());
  REQUIRE(busy.usd_per_million_input_tokens.has_value());
  CHECK(*busy.usd_per_million_input_tokens < *busy.usd_per_million_tokens);
  CHECK_FALSE(busy.usd_per_request.has_value());
  request.utilisation = 0.25;
  const auto idle = cost_of();
  CHECK(*idle.usd_per_million_tokens / *busy.usd_per_million_tokens > 3.999);
  CHECK(*idle.usd_per_million_tokens / *busy.usd_per_million_tokens < 4.001);
  request.load.input_tokens = 1000;
  request.load.output_tokens = 100;
  const auto mix = cost_of();
  REQUIRE(mix.usd_per_request.has_value());
  // The time of the prompts is in the price of the answers' tokens: 100 of them make a request.
  const double answers = *mix.usd_per_million_tokens * 100 / 1e6;
  CHECK(*mix.usd_per_request / answers > 0.999);
  CHECK(*mix.usd_per_request / answers < 1.001);
}

TEST_CASE("each format's first configuration stands against every API that was asked for",
          "[fit]") {
  const auto model = model_of("llama3.1-8b");
  auto request = request_of(model, {"q4", "q8"});
  request.hardware.alternatives = {card("l4", 1)};
  request.offers.providers = {"aws"};
  request.apis.wanted = true;
  request.apis.prices = {{"dear", "m", 10.0, 10.0, std::nullopt, "2026-08-21"},
                         {"cheap", "m", 0.001, 0.001, std::nullopt, "2026-08-21"}};
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  for (const auto& format : result->formats) {
    const auto month = *format.candidates.front().cost.usd_per_month;
    REQUIRE(format.break_even.size() == 2);
    CHECK(format.break_even[0].usd_per_month == month);
    // 640 tokens at $10 a million are $0.0064 a request.
    CHECK(*format.break_even[0].requests_per_month / (month / 0.0064) > 0.999999);
    CHECK(*format.break_even[0].requests_per_month / (month / 0.0064) < 1.000001);
    CHECK(*format.break_even[0].utilisation < 1);
    CHECK(*format.break_even[1].utilisation > 1);
  }
  request.offers.providers = {"runpod-without-l4"};
  const auto unpriced = fit(Catalog::builtin(), model, request);
  REQUIRE(unpriced.has_value());
  CHECK(unpriced->formats.front().break_even.empty());
}

TEST_CASE("an encoder's requests are prompts alone", "[fit]") {
  LoadRequest load;
  CHECK(search::mix_of(model_of("bert-base-uncased"), load).output == 0);
  CHECK(search::mix_of(model_of("bert-base-uncased"), load).input == 512);
  CHECK(search::mix_of(model_of("llama3.1-8b"), load).output == 128);
}

TEST_CASE("a price of a day that has not come is pointed out", "[prices]") {
  const auto told = notes_of(prices({}, "2020-01-01"), NoteCode::price_old);
  REQUIRE(told.size() == 1);
  CHECK(text(told.front()).find("a day that has not come") != std::string::npos);
}
