// SPDX-License-Identifier: MIT
// `--sort fastest` against a loop over cards and counts, each asked for by itself, on random small
// catalogs; and `rank` by speed against the rates of the main job.
#include <algorithm>
#include <random>
#include <tuple>

#include "catch.hpp"
#include "llmfit/rank.hpp"
#include "support/ask.hpp"
#include "support/small_catalog.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// Different cards, whole ones; some without a known bandwidth.
SmallCatalog whole_cards(std::mt19937& random) {
  SmallCatalog small;
  const auto gpus = Catalog::builtin().gpus();
  for (unsigned i = 0; i < 3 + random() % 6; ++i) {
    auto gpu = gpus[random() % gpus.size()];
    const bool there = std::any_of(small.gpus.begin(), small.gpus.end(),
                                   [&](const GpuRecord& one) { return one.id == gpu.id; });
    if (there || gpu.segment == "slice") continue;
    gpu.max_per_machine = static_cast<std::int32_t>(1 + random() % 8);
    if (random() % 8 == 0) gpu.peaks.bandwidth_gb_s.reset();
    small.gpus.push_back(gpu);
  }
  add_offers(small, random);
  return small;
}

/// A configuration and what decides about its place.
struct Found {
  double slowness = 0;  ///< seconds of a token; large: not known
  int unpriced = 0;     ///< 1: no longer listed, 2: without a price
  double hourly = 0;
  std::int32_t count = 0;
  std::string_view gpu;

  friend bool operator<(const Found& a, const Found& b) {
    return std::tie(a.slowness, a.unpriced, a.hourly, a.count, a.gpu) <
           std::tie(b.slowness, b.unpriced, b.hourly, b.count, b.gpu);
  }
};

constexpr double unknown = 1e18;

Found found_of(const Candidate& candidate, bool several) {
  Found found;
  const auto& rates = candidate.rates;
  found.slowness = unknown;
  if (rates) {
    found.slowness = -(several            ? rates->throughput.value
                       : rates->generates ? rates->decode.value
                                          : rates->prefill.value);
  }
  const auto& cost = candidate.cost;
  const bool retired = cost.offer != nullptr && cost.offer->status == OfferStatus::retired;
  found.unpriced = !cost.usd_per_hour ? 2 : retired ? 1 : 0;
  found.hourly = candidate.cost.usd_per_hour.value_or(unknown);
  found.count = static_cast<std::int32_t>(candidate.gpus.front().count);
  found.gpu = candidate.gpus.front().gpu->id;
  return found;
}

/// Every card in every count, asked for alone; per card the smallest set that fits, or all.
std::vector<Found> literal(const SmallCatalog& small, const Catalog& catalog, const Model& model,
                           FitRequest request, bool all) {
  request.sort = Sort::cheapest;
  std::vector<Found> found;
  for (const auto& gpu : catalog.gpus()) {
    for (std::int32_t count = 1; count <= gpu.max_per_machine; ++count) {
      request.hardware.alternatives = {{std::string(gpu.id), {&gpu}, count}};
      const auto result = fit(catalog, model, request);
      REQUIRE(result.has_value());
      const auto& candidate = result->formats.front().candidates.front();
      if (!candidate.fits) continue;
      found.push_back(found_of(candidate, request.workload.sequences.value_or(1) > 1));
      if (!all) break;
    }
  }
  REQUIRE(small.gpus.size() == catalog.gpus().size());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Found> searched(const FormatResult& result) {
  const bool several = result.workload && result.workload->sequences > 1;
  std::vector<Found> found;
  for (const auto& candidate : result.candidates) {
    if (candidate.fits && !candidate.gpus.empty()) found.push_back(found_of(candidate, several));
  }
  return found;
}

void same(const std::vector<Found>& got, const std::vector<Found>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("place " << i << ": " << got[i].gpu << " x " << got[i].count << " against "
                  << expected[i].gpu << " x " << expected[i].count);
    CHECK(got[i].gpu == expected[i].gpu);
    CHECK(got[i].count == expected[i].count);
    CHECK(std::abs(got[i].slowness - expected[i].slowness) <= 1e-9 * std::abs(got[i].slowness));
  }
}

}  // namespace

TEST_CASE("the fastest is what a loop over cards and counts finds", "[search][speed]") {
  std::mt19937 random(20261122);
  const auto models = Catalog::builtin().models();
  const std::vector<std::string> words = {"q4_k_m", "q8_0", "f16", "q2_k", "awq", "fp8", "nf4"};
  int compared = 0;
  int reordered = 0;
  for (int round = 0; round < 120; ++round) {
    const auto small = whole_cards(random);
    const auto catalog = small.catalog();
    const auto model = make_model(models[random() % models.size()]);
    if (!model || small.gpus.empty()) continue;
    auto request = request_of(*model, {words[random() % words.size()]});
    if (!request.formats.front().format) continue;
    if (random() % 3 == 0) request.workload.sequences = 1 + random() % 16;
    if (random() % 3 == 0) request.load.input_tokens = 1 + random() % 900;
    request.limit = 0;
    request.all = random() % 3 == 0;
    INFO("round " << round << ": " << model->id << " " << request.formats.front().typed);
    const auto expected = literal(small, catalog, *model, request, request.all);
    const auto cheapest = fit(catalog, *model, request);
    request.sort = Sort::fastest;
    const auto result = fit(catalog, *model, request);
    REQUIRE((result.has_value() && cheapest.has_value()));
    const auto got = searched(result->formats.front());
    same(got, expected);
    if (expected.size() > 1) ++compared;
    const auto other = searched(cheapest->formats.front());
    if (!got.empty() && got.front().gpu != other.front().gpu) ++reordered;
    // A cut keeps the first.
    request.limit = 2;
    const auto cut = fit(catalog, *model, request);
    REQUIRE(cut.has_value());
    if (!request.all && expected.size() >= 2 && result->formats.front().candidates.front().fits) {
      const auto kept = searched(cut->formats.front());
      same(kept, {expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(kept.size())});
    }
  }
  CHECK(compared > 30);
  CHECK(reordered > 10);
}

TEST_CASE("rank by speed is in the order of the rates that fit tells", "[rank][speed]") {
  RankRequest request;
  request.hardware.alternatives = {card("rtx-4090", 1)};
  request.filter.families = {"qwen2.5", "mamba", "bert"};
  request.sort = RankSort::fastest;
  request.limit = 0;
  const auto result = rank(Catalog::builtin(), request);
  REQUIRE(result.has_value());
  REQUIRE(result->models.size() > 3);
  double before = unknown;
  for (const auto& row : result->models) {
    INFO(row.record->id);
    const auto& rates = row.candidate.rates;
    const double rate = rates && rates->generates ? rates->decode.value : -1;
    CHECK(rate <= before);
    before = rate;
    const auto alone = ask(row.record->id, std::string(row.choice.format->id), card("rtx-4090", 1));
    const auto& expected = alone.formats.front().candidates.front().rates;
    REQUIRE(expected.has_value() == rates.has_value());
    if (rates) CHECK(rates->decode.value == expected->decode.value);
  }
}
