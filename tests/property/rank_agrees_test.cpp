// SPDX-License-Identifier: MIT
// `rank` and the main job never disagree: for random hardware and models, what `rank` says of a
// model is what `fit` says of it in that format, and in no format of more bits does it fit.
#include <random>

#include "catch.hpp"
#include "llmfit/rank.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

const GpuRecord& random_card(std::mt19937& random) {
  const auto gpus = Catalog::builtin().gpus();
  return gpus[random() % gpus.size()];
}

CardChoice random_set(std::mt19937& random) {
  const auto& gpu = random_card(random);
  const auto most = static_cast<unsigned>(std::clamp(gpu.max_per_machine, 1, 4));
  return {std::string(gpu.id), {&gpu}, static_cast<std::int32_t>(1 + random() % most)};
}

/// Some thirty models of about the same size.
RankRequest random_request(std::mt19937& random, const CardChoice& set) {
  const auto models = Catalog::builtin().models();
  RankRequest request;
  request.hardware.alternatives = {set};
  const auto middle = models[random() % models.size()].parameters.value_or(8'000'000'000);
  request.filter.least_parameters = middle - middle / 20;
  request.filter.most_parameters = middle + middle / 20;
  if (random() % 2 == 0) request.workload.context = 1024 << (random() % 6);
  if (random() % 3 == 0) request.workload.sequences = 1 + random() % 16;
  if (random() % 4 == 0) request.engine = Engine::vllm;
  request.limit = 0;
  request.all = true;
  return request;
}

FormatResult fit_one(const RankRequest& asked, const RankedModel& row, const FormatChoice& choice) {
  const auto model = make_model(*row.record);
  REQUIRE(model.has_value());
  FitRequest request;
  request.formats = {choice};
  request.workload = asked.workload;
  request.hardware = asked.hardware;
  auto result = fit(Catalog::builtin(), *model, request);
  REQUIRE(result.has_value());
  REQUIRE(result->formats.size() == 1);
  return std::move(result->formats.front());
}

void same_answer(const RankRequest& asked, const RankedModel& row) {
  INFO(row.record->id << " in " << row.choice.typed);
  const auto one = fit_one(asked, row, row.choice);
  CHECK(one.any_fits == row.fits);
  REQUIRE(one.candidates.size() == 1);
  const auto& expected = one.candidates.front();
  const auto& got = row.candidate;
  CHECK(got.reason == expected.reason);
  CHECK(got.max_context == expected.max_context);
  CHECK(got.max_sequences == expected.max_sequences);
  REQUIRE(got.devices.size() == expected.devices.size());
  for (std::size_t i = 0; i < got.devices.size(); ++i) {
    CHECK(got.devices[i].load.total() == expected.devices[i].load.total());
    CHECK(got.devices[i].headroom == expected.devices[i].headroom);
  }
}

/// No format of more bits holds the model.
void is_best(const RankRequest& asked, const RankedModel& row) {
  const auto model = make_model(*row.record);
  const auto choices = resolve_formats(Catalog::builtin(), *model, asked.formats, asked.engine);
  REQUIRE(choices.has_value());
  for (const auto& choice : *choices) {
    const bool more = choice.format && row.choice.format &&
                      nominal_bits(*choice.format) > nominal_bits(*row.choice.format);
    if (!more) continue;
    INFO(row.record->id << ": " << choice.typed << " against " << row.choice.typed);
    CHECK_FALSE(fit_one(asked, row, choice).any_fits);
  }
}

}  // namespace

TEST_CASE("rank and the main job agree on random hardware", "[rank]") {
  std::mt19937 random(20261121);
  int compared = 0;
  for (int round = 0; round < 40; ++round) {
    const auto set = random_set(random);
    const auto request = random_request(random, set);
    INFO("round " << round << ", " << *set.count << " x " << set.typed);
    const auto result = rank(Catalog::builtin(), request);
    REQUIRE(result.has_value());
    CHECK(result->models_total == static_cast<std::int64_t>(result->models.size()));
    for (const auto& row : result->models) {
      if (!row.weights || random() % 4 != 0) continue;
      same_answer(request, row);
      is_best(request, row);
      ++compared;
    }
  }
  CHECK(compared > 100);
}

TEST_CASE("a mixed set is ranked as one machine", "[rank]") {
  RankRequest request;
  request.hardware.together = {card("rtx-3090", 1), card("rtx-4060-ti-16gb", 1)};
  request.filter.families = {"qwen2.5"};
  request.limit = 0;
  request.all = true;
  const auto result = rank(Catalog::builtin(), request);
  REQUIRE(result.has_value());
  CHECK(result->usable.size() == 2);
  REQUIRE_FALSE(result->models.empty());
  for (const auto& row : result->models) {
    if (row.weights) same_answer(request, row);
  }
}
