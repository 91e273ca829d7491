// SPDX-License-Identifier: MIT
// Lengths as a histogram, and what padding and packing make of them.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>
#include <vector>

#include "catch.hpp"
#include "speed/packing.hpp"

using namespace llmfit;

namespace {

/// Best fit decreasing, literally: item by item over a list of slots.
std::int64_t literally_packed(const LengthHistogram& lengths, std::int64_t slot) {
  std::vector<std::int64_t> items;
  for (const auto& one : lengths.counts()) {
    items.insert(items.end(), static_cast<std::size_t>(one.sequences), one.tokens);
  }
  std::sort(items.rbegin(), items.rend());
  std::vector<std::int64_t> room;
  for (const auto item : items) {
    auto best = room.end();
    for (auto at = room.begin(); at != room.end(); ++at) {
      if (*at >= item && (best == room.end() || *at < *best)) best = at;
    }
    if (best == room.end()) best = room.insert(room.end(), slot);
    *best -= item;
  }
  return static_cast<std::int64_t>(room.size());
}

LengthHistogram drawn(std::mt19937& random, std::int64_t slot) {
  std::vector<LengthCount> counts;
  const auto kinds = 1 + static_cast<int>(random() % 12);
  for (int i = 0; i < kinds; ++i) {
    counts.push_back({1 + static_cast<std::int64_t>(random() % static_cast<std::uint32_t>(slot)),
                      static_cast<std::int64_t>(random() % 30)});
  }
  counts.push_back({slot / 2 + 1, 1});
  return LengthHistogram(counts);
}

/// Of the processor, which others may use meanwhile.
double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

BatchJob job_of(LengthHistogram lengths, std::optional<std::int64_t> slot = std::nullopt) {
  BatchJob job;
  job.lengths = std::move(lengths);
  job.slot = slot;
  return job;
}

}  // namespace

TEST_CASE("a histogram packs as its sequences would one by one", "[packing]") {
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    const auto slot = 3 + static_cast<std::int64_t>(random() % 600);
    const auto lengths = drawn(random, slot);
    const auto slots = speed::packed_slots(lengths, slot);
    INFO("slot " << slot << ", round " << round);
    REQUIRE(slots == literally_packed(lengths, slot));
    REQUIRE(slots * slot >= lengths.tokens());
    REQUIRE(slots <= lengths.sequences());
  }
}

TEST_CASE("slots that fit without a gap leave none", "[packing]") {
  const auto halves = LengthHistogram({{256, 10}});
  CHECK(speed::packed_slots(halves, 512) == 5);
  const auto pairs = LengthHistogram({{500, 1'000'000'000}, {12, 1'000'000'000}});
  CHECK(speed::packed_slots(pairs, 512) == 1'000'000'000);
  const auto whole = LengthHistogram({{512, 7}});
  CHECK(speed::packed_slots(whole, 512) == 7);
  const auto large = LengthHistogram({{257, 9}});
  CHECK(speed::packed_slots(large, 512) == 9);
}

TEST_CASE("waste and speed-up of a job by hand", "[packing]") {
  const auto plan =
      plan_batch(job_of(LengthHistogram({{100, 1}, {200, 1}, {300, 1}, {400, 1}})), 512);
  CHECK(plan.slot == 512);
  CHECK(plan.of(BatchWay::padded).computed == 2048);
  CHECK(plan.of(BatchWay::padded).waste == 1 - 1000.0 / 2048);
  CHECK(plan.of(BatchWay::padded).speed_up == 1);
  CHECK(plan.of(BatchWay::packed).slots == 2);  // 400 + 100, 300 + 200
  CHECK(plan.of(BatchWay::packed).waste == 1 - 1000.0 / 1024);
  CHECK(plan.of(BatchWay::packed).speed_up == 2);
  CHECK(plan.of(BatchWay::continuous).computed == 1000);
  CHECK(plan.of(BatchWay::continuous).waste == 0);
  CHECK(plan.of(BatchWay::continuous).speed_up == 2.048);
}

TEST_CASE("twenty million sentences waste most of their slots", "[packing]") {
  const auto begin = std::clock();
  const auto plan = plan_batch(job_of(LengthHistogram::uniform(8, 64, 20'000'000)), 512);
  const auto taken = seconds_since(begin);
  CHECK(plan.prompts.sequences() == 20'000'000);
  CHECK(std::abs(plan.prompts.mean() - 36) < 1e-5);
  CHECK(plan.of(BatchWay::padded).computed == 10'240'000'000);
  CHECK(plan.of(BatchWay::padded).waste > 0.929);
  CHECK(plan.of(BatchWay::packed).waste < 0.01);
  CHECK(plan.of(BatchWay::packed).speed_up > 14);
  CHECK(taken < 0.1);
}

TEST_CASE("the more different the lengths, the packing stays quick", "[packing]") {
  std::mt19937 random(11);
  std::vector<LengthCount> counts;
  for (std::int64_t tokens = 1; tokens <= 100'000; ++tokens) {
    counts.push_back({tokens, static_cast<std::int64_t>(random() % 400)});
  }
  const LengthHistogram lengths(counts);
  const auto begin = std::clock();
  const auto slots = speed::packed_slots(lengths, 131'072);
  const auto taken = seconds_since(begin);
  CHECK(slots * 131'072 >= lengths.tokens());
  CHECK(slots < lengths.sequences());
  CHECK(taken < 5);
}

TEST_CASE("no way computes more tokens than the one that pads more", "[packing]") {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const auto slot = 3 + static_cast<std::int64_t>(random() % 600);
    const auto plan = plan_batch(job_of(drawn(random, 2 * slot), slot), slot);
    REQUIRE(plan.of(BatchWay::packed).computed <= plan.of(BatchWay::padded).computed);
    REQUIRE(plan.of(BatchWay::continuous).computed <= plan.of(BatchWay::packed).computed);
    REQUIRE(plan.prompts.longest() <= plan.slot);
    for (const auto& way : plan.ways) {
      REQUIRE(way.waste >= 0);
      REQUIRE(way.waste < 1);
      REQUIRE(way.speed_up >= 1);
    }
  }
}

TEST_CASE("what is longer than a slot is cut and counted", "[packing]") {
  const auto plan = plan_batch(job_of(LengthHistogram({{100, 5}, {600, 3}, {1000, 2}})), 512);
  CHECK(plan.cut_sequences == 5);
  CHECK(plan.cut_tokens == 3 * 88 + 2 * 488);
  CHECK(plan.prompts == LengthHistogram({{100, 5}, {512, 5}}));
}

TEST_CASE("a slot is as long as the job and the context say", "[packing]") {
  const LengthHistogram lengths({{10, 5}, {700, 5}});
  CHECK(plan_batch(job_of(lengths), 8192).slot == 512);
  CHECK(plan_batch(job_of(lengths), 256).slot == 256);
  CHECK(plan_batch(job_of(lengths, 1024), 8192).slot == 1024);
  CHECK(plan_batch(job_of(lengths, 1024), 512).slot == 512);
  auto answering = job_of(lengths);
  answering.answers = LengthHistogram({{100, 10}});
  CHECK(plan_batch(answering, 8192).slot == 700);
  CHECK(plan_batch(answering, 600).slot == 500);
  CHECK(plan_batch(answering, 50).slot == 1);
}

TEST_CASE("a histogram is in order and knows its sums", "[packing]") {
  const LengthHistogram lengths({{9, 2}, {4, 1}, {9, 3}, {7, 0}, {0, 8}});
  CHECK(lengths == LengthHistogram({{4, 1}, {9, 5}}));
  CHECK(lengths.sequences() == 6);
  CHECK(lengths.tokens() == 49);
  CHECK(lengths.shortest() == 4);
  CHECK(lengths.longest() == 9);
  CHECK(LengthHistogram().mean() == 0);
}

TEST_CASE("shares are kept when a sample stands for more sequences or fewer", "[packing]") {
  const LengthHistogram sample({{5, 1}, {6, 2}, {7, 1}});
  CHECK(sample.scaled(4) == sample);
  CHECK(sample.scaled(4'000'000) ==
        LengthHistogram({{5, 1'000'000}, {6, 2'000'000}, {7, 1'000'000}}));
  for (const std::int64_t wanted : {1, 2, 3, 5, 7, 1001}) {
    CHECK(sample.scaled(wanted).sequences() == wanted);
  }
  CHECK(sample.scaled(most_batch_sequences).sequences() == most_batch_sequences);
}

TEST_CASE("a range has each of its lengths alike often", "[packing]") {
  CHECK(LengthHistogram::uniform(8, 10, 6) == LengthHistogram({{8, 2}, {9, 2}, {10, 2}}));
  CHECK(LengthHistogram::uniform(36, 36, 5) == LengthHistogram({{36, 5}}));
  const auto wide = LengthHistogram::uniform(1, 1'000'000, 8'192'000);
  CHECK(wide.counts().size() == 4096);
  CHECK(wide.sequences() == 8'192'000);
  CHECK(wide.shortest() == 1);
  CHECK(wide.longest() == 1'000'000);
  CHECK(std::abs(wide.mean() - 500'000.5) < 1);
}

TEST_CASE("the longest of a few that are drawn", "[packing]") {
  const auto dice = LengthHistogram::uniform(1, 6, 6);
  CHECK(std::abs(dice.expected_longest(1) - 3.5) < 1e-12);
  CHECK(std::abs(dice.expected_longest(2) - 161.0 / 36) < 1e-12);
  CHECK(std::abs(dice.expected_longest(1000) - 6) < 1e-9);
}
