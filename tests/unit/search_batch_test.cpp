// SPDX-License-Identifier: MIT
// Jobs on real cards: hours, dollars, copies and their order.
#include <cmath>

#include "search/batch.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

BatchJob sentences(std::int64_t count) {
  BatchJob job;
  job.lengths = LengthHistogram::uniform(8, 64, count);
  return job;
}

FitResult worked(std::string_view name, const std::string& format, const BatchJob& job,
                 const std::vector<CardChoice>& cards, Engine engine = Engine::llama_cpp,
                 Sort sort = Sort::cheapest, bool check = false) {
  const auto model = model_of(name);
  auto request = request_of(model, {format}, engine);
  request.hardware.alternatives = cards;
  request.hardware.max_gpus = 1;
  request.load.batch = job;
  request.sort = sort;
  request.limit = 0;
  request.every_variant = check;
  if (!job.answers.empty()) {
    request.workload.context = job.lengths.longest() + job.answers.longest();
  }
  auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  return std::move(*result);
}

const std::vector<Candidate>& rows(const FitResult& result) {
  return result.formats.front().candidates;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), 1.0); }

}  // namespace

TEST_CASE("dollars of a job are its hours times the price of an hour", "[batch]") {
  const auto result = worked("bert-base", "fp16", sentences(20'000'000), {});
  std::size_t priced = 0;
  for (const auto& candidate : rows(result)) {
    if (!candidate.batch) continue;
    const auto& best = candidate.batch->best();
    CHECK(best.hours.low <= best.hours.value);
    CHECK(best.hours.value <= best.hours.high);
    if (!candidate.cost.usd_per_hour) continue;
    REQUIRE(best.usd_on_demand.has_value());
    CHECK(near(*best.usd_on_demand, *candidate.cost.usd_per_hour * best.hours.value));
    if (best.usd_spot) {
      CHECK(near(*best.usd_spot, *candidate.batch->spot->usd_per_hour_spot * best.hours.value));
    }
    ++priced;
  }
  CHECK(priced > 20);
}

TEST_CASE("the order of a job is by what the whole of it takes", "[batch]") {
  const auto cheapest = worked("bert-base", "fp16", sentences(20'000'000), {});
  const auto fastest =
      worked("bert-base", "fp16", sentences(20'000'000), {}, Engine::llama_cpp, Sort::fastest);
  REQUIRE(rows(cheapest).size() == rows(fastest).size());
  double least_usd = 1e18;
  double least_hours = 1e18;
  for (const auto& candidate : rows(cheapest)) {
    if (!candidate.batch || !candidate.fits) continue;
    least_hours = std::min(least_hours, candidate.batch->best().hours.value);
    const bool listed =
        candidate.cost.offer != nullptr && candidate.cost.offer->status != OfferStatus::retired;
    if (listed) least_usd = std::min(least_usd, candidate.batch->usd().value_or(1e18));
  }
  CHECK(*rows(cheapest).front().batch->usd() == least_usd);
  CHECK(rows(fastest).front().batch->best().hours.value == least_hours);
}

TEST_CASE("as many copies as end in time, and no fewer", "[batch]") {
  const auto alone = worked("bert-base", "fp16", sentences(2'000'000'000), {card("t4")});
  const double hours = rows(alone).front().batch->best().hours.value;
  for (const double share : {1.5, 1.0, 0.5, 0.3, 0.01}) {
    auto job = sentences(2'000'000'000);
    job.within_hours = hours * share;
    const auto result = worked("bert-base", "fp16", job, {card("t4")});
    const auto& best = rows(result).front().batch->best();
    CHECK(best.hours.value / static_cast<double>(best.copies) <= *job.within_hours * (1 + 1e-12));
    if (best.copies > 1) {
      CHECK(best.hours.value / static_cast<double>(best.copies - 1) > *job.within_hours);
    }
    CHECK(best.usd_on_demand == rows(alone).front().batch->best().usd_on_demand);
    CHECK(rows(result).front().fits);
  }
}

TEST_CASE("check says no where one copy does not end in time", "[batch]") {
  const auto alone = worked("bert-base", "fp16", sentences(2'000'000'000), {card("t4", 1)});
  const double hours = rows(alone).front().batch->best().hours.value;
  auto job = sentences(2'000'000'000);
  job.within_hours = hours * 1.01;
  const auto yes =
      worked("bert-base", "fp16", job, {card("t4", 1)}, Engine::llama_cpp, Sort::cheapest, true);
  CHECK(yes.formats.front().every_variant_fits);
  job.within_hours = hours * 0.99;
  const auto no =
      worked("bert-base", "fp16", job, {card("t4", 1)}, Engine::llama_cpp, Sort::cheapest, true);
  CHECK_FALSE(no.formats.front().every_variant_fits);
  const auto& limits = rows(no).front().limits;
  REQUIRE(limits.size() == 1);
  CHECK(limits.front().limit == LimitKind::within_hours);
  CHECK_FALSE(limits.front().kept);
  CHECK(near(*limits.front().actual, hours));
  CHECK(has_note(no, NoteCode::limit_within));
}

TEST_CASE("a way that pads less is never slower", "[batch]") {
  struct Row {
    const char* model;
    const char* format;
    Engine engine;
    std::int64_t low_answer;
    std::int64_t high_answer;
  };
  const auto row = GENERATE(Row{"bert-base", "fp16", Engine::llama_cpp, 0, 0},
                            Row{"bert-base", "fp16", Engine::vllm, 0, 0},
                            Row{"bert-base", "fp16", Engine::transformers, 0, 0},
                            Row{"llama3-8b", "q4", Engine::llama_cpp, 16, 256},
                            Row{"llama3-8b", "fp16", Engine::vllm, 16, 256},
                            Row{"llama3-8b", "fp16", Engine::vllm, 128, 128},
                            Row{"mixtral-8x7b", "fp8", Engine::vllm, 1, 1000});
  auto job = sentences(1'000'000);
  if (row.high_answer > 0) {
    job.answers = LengthHistogram::uniform(row.low_answer, row.high_answer, 1'000'000);
  }
  const auto result =
      worked(row.model, row.format, job, {card("h100-sxm"), card("l40s")}, row.engine);
  for (const auto& candidate : rows(result)) {
    if (!candidate.batch) continue;
    INFO(row.model << " on " << candidate.gpus.front().gpu->id);
    const auto& batch = *candidate.batch;
    CHECK(batch.of(BatchWay::packed).hours.value <= batch.of(BatchWay::padded).hours.value);
    CHECK(batch.of(BatchWay::continuous).hours.value <=
          batch.of(BatchWay::packed).hours.value * (1 + 1e-9));
    CHECK(batch.engine_way == search::way_of(row.engine, row.high_answer > 0));
  }
}

TEST_CASE("twice the sequences take twice as long", "[batch]") {
  const auto once = worked("bert-base", "fp16", sentences(20'000'000), {card("l4")});
  const auto twice = worked("bert-base", "fp16", sentences(40'000'000), {card("l4")});
  const double ratio =
      rows(twice).front().batch->best().hours.value / rows(once).front().batch->best().hours.value;
  CHECK(std::abs(ratio - 2) < 1e-3);
}

TEST_CASE("nothing is worked out where no job is given", "[batch]") {
  const auto result = ask("bert-base", "fp16", card("t4", 1));
  CHECK(result.formats.front().batch == nullptr);
  CHECK(rows(result).front().batch == nullptr);
}
