// SPDX-License-Identifier: MIT
// How long a job takes on one configuration, in each way.
#include <cmath>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "llmfit/batch.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;

namespace {

test::SpeedRows& loader() {
  static test::SpeedRows rows;
  return rows;
}

/// A job on one card, with what memory allows set by hand.
struct Asked {
  std::string_view stack = "vllm";
  std::string_view gpu = "h100-sxm";
  std::string_view model = "llama3-8b";
  std::string_view format = "fp16";
  BatchJob job = {};
  std::optional<std::int64_t> most_sequences = 64;
  std::optional<double> cache_tokens = {};
  std::optional<std::int64_t> held_tokens = {};
  bool causal = true;
  bool pads_to_longest = false;
  bool dense_mask = false;
  std::int64_t context = 8192;

  [[nodiscard]] std::array<BatchTime, batch_ways> times() const {
    const auto* loaded = loader().find({stack, gpu, model, format});
    REQUIRE(loaded != nullptr);
    const std::vector<CardShare> cards{CardShare{Catalog::builtin().find_gpus(gpu).front()}};
    SpeedQuestion speed{loaded->work, *loaded->format, *loaded->engine};
    speed.cards = cards;
    const auto plan = plan_batch(job, context);
    BatchQuestion question{speed, plan};
    question.most_sequences = most_sequences;
    question.cache_tokens = cache_tokens;
    question.held_tokens = held_tokens;
    question.causal = causal;
    question.pads_to_longest = pads_to_longest;
    question.dense_mask = dense_mask;
    const auto found = work_off(question);
    REQUIRE(found.has_value());
    return *found;
  }

  [[nodiscard]] BatchTime time(BatchWay way) const {
    return times()[static_cast<std::size_t>(way)];
  }
};

BatchJob job_of(std::vector<LengthCount> lengths, std::vector<LengthCount> answers = {}) {
  BatchJob job;
  job.lengths = LengthHistogram(std::move(lengths));
  job.answers = LengthHistogram(std::move(answers));
  return job;
}

bool near(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(a, b); }

Asked encoder(std::vector<LengthCount> lengths) {
  Asked asked;
  asked.model = "bert-base-uncased";
  asked.job = job_of(std::move(lengths));
  asked.causal = false;
  asked.context = 512;
  return asked;
}

}  // namespace

TEST_CASE("without anything to pad all ways take as long", "[batch]") {
  Asked asked;
  asked.job = job_of({{512, 6400}}, {{128, 6400}});
  const auto times = asked.times();
  for (const auto& time : times) {
    CHECK(near(time.seconds.value, times.front().seconds.value));
    CHECK(near(time.seconds.value, time.prompts + time.answers));
    CHECK(time.seconds.low < time.seconds.value);
    CHECK(time.seconds.high > time.seconds.value);
    CHECK(time.concurrency == 64);
  }
}

TEST_CASE("static batches wait for their longest answer", "[batch]") {
  Asked asked;
  asked.job = job_of({{512, 6400}}, {{100, 3200}, {300, 3200}});
  // Of 64 answers one is long, so each batch takes 300 steps where 200 would do.
  const double wait =
      asked.time(BatchWay::padded).answers / asked.time(BatchWay::continuous).answers;
  CHECK(wait > 1.45);
  CHECK(wait < 1.6);
}

TEST_CASE("memory for tokens decides how many answer at once", "[batch]") {
  Asked asked;
  asked.job = job_of({{100, 5000}, {300, 5000}}, {{100, 5000}, {200, 5000}});
  asked.most_sequences = 1000;
  asked.cache_tokens = 35'000;
  CHECK(asked.time(BatchWay::padded).concurrency == 70);       // 300 + 200
  CHECK(asked.time(BatchWay::packed).concurrency == 87);       // 200 + 200
  CHECK(asked.time(BatchWay::continuous).concurrency == 100);  // 200 + 150
  asked.most_sequences = 80;
  CHECK(asked.time(BatchWay::continuous).concurrency == 80);
  asked.cache_tokens = 10;
  CHECK(asked.time(BatchWay::continuous).concurrency == 1);
  asked.most_sequences.reset();
  asked.cache_tokens.reset();
  CHECK(asked.time(BatchWay::continuous).concurrency == 256);  // what vLLM takes by default
}

TEST_CASE("a larger batch is never slower", "[batch]") {
  double before = 1e18;
  for (const std::int64_t sequences : {1, 2, 4, 8, 32, 64, 128, 256}) {
    Asked asked;
    asked.job = job_of({{512, 6400}}, {{50, 3200}, {300, 3200}});
    asked.most_sequences = sequences;
    const auto seconds = asked.time(BatchWay::continuous).seconds.value;
    CHECK(seconds <= before * (1 + 1e-9));
    before = seconds;
  }
}

TEST_CASE("an encoder answers nothing and gets a wide band", "[batch]") {
  const auto time = encoder({{36, 1'000'000}}).time(BatchWay::continuous);
  CHECK(time.concurrency == 0);
  CHECK(time.answers == 0);
  CHECK(time.seconds.high / time.seconds.low >= 2.99);
}

TEST_CASE("padding to the longest of a batch is a slot of that length", "[batch]") {
  auto asked = encoder({{36, 1'000'000}});
  auto slots = asked;
  slots.job.slot = 36;
  asked.pads_to_longest = true;
  CHECK(
      near(asked.time(BatchWay::padded).seconds.value, slots.time(BatchWay::padded).seconds.value));
  asked.job = job_of({{8, 500'000}, {64, 500'000}});
  slots.job = asked.job;
  slots.job.slot = 64;
  const double ratio =
      asked.time(BatchWay::padded).seconds.value / slots.time(BatchWay::padded).seconds.value;
  CHECK(ratio <= 1);
  CHECK(ratio > 0.95);
}

TEST_CASE("little memory makes for small passes and more time", "[batch]") {
  auto asked = encoder({{36, 1'000'000}});
  const double full = asked.time(BatchWay::packed).seconds.value;
  asked.held_tokens = 512;
  CHECK(asked.time(BatchWay::packed).seconds.value > 1.5 * full);
  asked.held_tokens = 1 << 20;
  CHECK(near(asked.time(BatchWay::packed).seconds.value, full));
}

TEST_CASE("attention that computes every pair of a pass costs more", "[batch]") {
  auto asked = encoder({{36, 1'000'000}});
  const double masked = asked.time(BatchWay::packed).seconds.value;
  asked.dense_mask = true;
  CHECK(asked.time(BatchWay::packed).seconds.value > masked);
}

TEST_CASE("no time is known where no speed is", "[batch]") {
  const auto* loaded = loader().find({"vllm", "h100-sxm", "llama3-8b", "fp16"});
  REQUIRE(loaded != nullptr);
  const SpeedQuestion speed{loaded->work, *loaded->format, *loaded->engine};
  const auto plan = plan_batch(job_of({{8, 8}}), 512);
  CHECK_FALSE(work_off({speed, plan}).has_value());  // vLLM does not run on a host
}
