// SPDX-License-Identifier: MIT
// A sweep's rates and prices are those that the main job tells of the same set.
#include <random>

#include "catch.hpp"
#include "llmfit/sweep.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// Some models and cards of the built-in catalog, chosen at random, without offers.
struct Some {
  std::vector<ModelRecord> models;
  std::vector<GpuRecord> gpus;

  explicit Some(std::mt19937& random) {
    const auto all = Catalog::builtin().models();
    const auto cards = Catalog::builtin().gpus();
    for (int i = 0; i < 25; ++i) models.push_back(all[random() % all.size()]);
    for (int i = 0; i < 6; ++i) gpus.push_back(cards[random() % cards.size()]);
  }

  [[nodiscard]] Catalog catalog() const {
    const auto& whole = Catalog::builtin();
    Catalog::Tables tables{};
    tables.models = models;
    tables.gpus = gpus;
    tables.formats = whole.formats();
    tables.engines = whole.engines();
    return Catalog(tables, nullptr, "test");
  }
};

void same(double a, double b) { CHECK(std::abs(a - b) <= 1e-9 * std::abs(b)); }

/// Whether there was a rate to compare.
bool compare(const Catalog& catalog, const SweepRow& row, const LoadRequest& load) {
  const auto& smallest = *row.smallest;
  const auto model = make_model(row.model);
  REQUIRE(model.has_value());
  FitRequest request;
  request.formats = {row.choice};
  request.load = load;
  const auto count = static_cast<std::int32_t>(smallest.gpus.front().count);
  request.hardware.alternatives = {{std::string(row.gpu.id), {&row.gpu}, count}};
  const auto result = fit(catalog, *model, request);
  REQUIRE(result.has_value());
  const auto& candidate = result->formats.front().candidates.front();
  INFO(row.model.id << " " << row.choice.typed << " on " << count << " x " << row.gpu.id);
  CHECK(candidate.holds);
  REQUIRE(candidate.rates.has_value() == smallest.rates.has_value());
  if (!candidate.rates) return false;
  same(smallest.rates->decode.value, candidate.rates->decode.value);
  same(smallest.rates->throughput.value, candidate.rates->throughput.value);
  same(smallest.rates->prefill.low, candidate.rates->prefill.low);
  return true;
}

}  // namespace

TEST_CASE("a sweep has the rates of the main job", "[sweep][speed]") {
  std::mt19937 random(6);
  const Some some(random);
  const auto catalog = some.catalog();
  SweepRequest request;
  request.formats = {"q4_k_m", "fp8", "f16"};
  request.rates = true;
  request.load.input_tokens = 256;
  request.load.output_tokens = 64;
  int compared = 0;
  int rated = 0;
  const auto count = sweep(catalog, request, [&](const SweepRow& row) {
    if (row.smallest == nullptr) return;
    rated += row.smallest->rates ? 1 : 0;
    if (random() % 3 == 0 && compare(catalog, row, request.load)) ++compared;
  });
  REQUIRE(count.has_value());
  CHECK(count->rates == rated);
  CHECK(compared > 40);
}

TEST_CASE("a sweep without rates computes none", "[sweep]") {
  std::mt19937 random(7);
  const Some some(random);
  const auto count =
      sweep(some.catalog(), {}, [](const SweepRow& row) { CHECK(row.smallest == nullptr); });
  REQUIRE(count.has_value());
  CHECK(count->rates == 0);
}
