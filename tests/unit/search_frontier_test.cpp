// SPDX-License-Identifier: MIT
#include "llmfit/frontier.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

bool beats(const PricedRate& a, const PricedRate& b) {
  return a.usd_per_hour <= b.usd_per_hour && a.tokens_per_second >= b.tokens_per_second &&
         (a.usd_per_hour < b.usd_per_hour || a.tokens_per_second > b.tokens_per_second);
}

/// By the definition, each against each.
std::set<std::size_t> by_force(const std::vector<PricedRate>& points) {
  std::set<std::size_t> best;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool beaten = std::any_of(points.begin(), points.end(), [&](const PricedRate& other) {
      return beats(other, points[i]);
    });
    if (!beaten) best.insert(i);
  }
  return best;
}

using Pairs = std::multiset<std::pair<double, double>>;

/// Three digits, or whole tokens.
double as_read(double rate) {
  if (rate >= 100) return std::round(rate);
  return rate >= 10 ? std::round(rate * 10) / 10 : std::round(rate * 100) / 100;
}

Pairs priced(const Frontier& frontier) {
  Pairs pairs;
  for (const auto& point : frontier.points) {
    pairs.insert({point.usd_per_hour, as_read(point.rate.value)});
  }
  return pairs;
}

/// The frontier of what `fit` lists where it lists everything.
Pairs of_everything_listed(const Model& model, FitRequest request) {
  request.all = true;
  request.limit = 0;
  const auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  std::vector<PricedRate> points;
  for (const auto& format : result->formats) {
    for (const auto& candidate : format.candidates) {
      if (!candidate.fits || !candidate.rates || !candidate.cost.usd_per_hour) continue;
      points.push_back({*candidate.cost.usd_per_hour, as_read(candidate.rates->decode.value)});
    }
  }
  Pairs pairs;
  for (const auto index : by_force(points)) {
    pairs.insert({points[index].usd_per_hour, points[index].tokens_per_second});
  }
  return pairs;
}

Frontier frontier_of(const Model& model, const FitRequest& request) {
  auto found = frontier(Catalog::builtin(), model, request);
  REQUIRE(found.has_value());
  return std::move(*found);
}

}  // namespace

TEST_CASE("unbeaten points are those of comparing each with each, cheapest first", "[frontier]") {
  std::mt19937 random(11);
  std::uniform_int_distribution<int> few(1, 6);  // so that prices and rates coincide
  std::uniform_int_distribution<int> count(0, 40);
  for (int round = 0; round < 300; ++round) {
    std::vector<PricedRate> points(static_cast<std::size_t>(count(random)));
    for (auto& point : points) point = {few(random) / 2.0, few(random) * 10.0};
    const auto found = unbeaten(points);
    CHECK(std::set<std::size_t>(found.begin(), found.end()) == by_force(points));
    CHECK(std::is_sorted(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
      return points[a].usd_per_hour < points[b].usd_per_hour;
    }));
  }
}

TEST_CASE("the frontier is that of everything that could be listed", "[frontier]") {
  struct Row {
    std::string model;
    std::vector<std::string> formats;
    std::optional<Engine> engine;
    std::vector<std::string> cards;
    bool spot;
  };
  const auto row = GENERATE(
      Row{"llama2-13b", {"q4"}, std::nullopt, {"l4", "t4", "rtx-3090", "a100-80gb"}, false},
      Row{"llama2-13b", {"q8", "q4"}, std::nullopt, {"l4", "a10", "rtx-4090"}, false},
      Row{"llama3-70b", {"awq", "fp16"}, Engine::vllm, {"h100", "a100-80gb", "rtx-a6000"}, false},
      Row{"mixtral-8x7b", {"q4"}, std::nullopt, {"h100", "l40s"}, true},
      Row{"phi3-mini", {"q4"}, std::nullopt, {}, false});
  INFO(row.model << " on " << row.cards.size() << " cards");
  const auto model = model_of(row.model);
  auto request = request_of(model, row.formats, row.engine);
  for (const auto& name : row.cards) request.hardware.alternatives.push_back(card(name));
  request.offers.term = row.spot ? RentalTerm::spot : RentalTerm::on_demand;
  request.limit = 1;  // the list is cut, the frontier is not
  const auto found = frontier_of(model, request);
  CHECK(priced(found) == of_everything_listed(model, request));
  CHECK_FALSE(found.points.empty());
  CHECK_FALSE(found.beaten.empty());
}

TEST_CASE("more cards than the fewest that fit are on a frontier where they are faster",
          "[frontier]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"fp16"}, Engine::vllm);
  request.hardware.alternatives = {card("h100-sxm")};
  const auto found = frontier_of(model, request);
  REQUIRE(found.points.size() > 1);
  CHECK(card_count(found.points.front().configuration) == 1);
  CHECK(card_count(found.points.back().configuration) > 1);
  request.hardware.max_gpus = 1;
  CHECK(frontier_of(model, request).points.size() == 1);
}

TEST_CASE("what breaks a limit or has no price is on no frontier", "[frontier]") {
  const auto model = model_of("llama2-13b");
  auto request = request_of(model, {"q4"});
  request.hardware.alternatives = {card("l4"), card("a100-80gb")};
  request.offers.max_usd_hour = 1.0;
  for (const auto& point : frontier_of(model, request).points) CHECK(point.usd_per_hour <= 1.0);
  request.offers.max_usd_hour = 0.0001;
  CHECK(frontier_of(model, request).points.empty());
  request.offers.max_usd_hour.reset();
  request.hardware.alternatives.clear();
  request.hardware.together = {card("rtx-3090"), card("l4")};
  CHECK(frontier_of(model, request).points.empty());
}

TEST_CASE("no point of a frontier reads as fast as a cheaper one", "[frontier]") {
  const auto model = model_of("llama2-13b");
  const auto found = frontier_of(model, request_of(model, {"q2_k"}));
  REQUIRE(found.points.size() > 3);
  for (std::size_t i = 1; i < found.points.size(); ++i) {
    CHECK(as_read(found.points[i].rate.value) > as_read(found.points[i - 1].rate.value));
  }
}
