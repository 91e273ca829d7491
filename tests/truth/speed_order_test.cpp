// SPDX-License-Identifier: MIT
// Cards in the order that measurements give: every two rows of the same run whose rates are
// further apart than runs of one configuration are from each other.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;
using test::Measured;
using test::SpeedRow;

namespace {

constexpr SpeedRow rows[] = {
#include "speed_order_rows.inc"
};

/// Repeated runs differ by so much.
constexpr double noise = 1.10;
/// No estimate may turn round what is further apart than this.
constexpr double clear = 1.50;

bool same_run(const SpeedRow& a, const SpeedRow& b) {
  return a.stack == b.stack && a.model == b.model && a.format == b.format &&
         a.measured == b.measured && a.depth == b.depth && a.input == b.input &&
         a.output == b.output && a.sequences == b.sequences && a.plain == b.plain &&
         a.vulkan == b.vulkan && a.small_cache == b.small_cache && a.version == b.version;
}

std::string named(const SpeedRow& row) {
  return std::string(row.gpu) + " x" + std::to_string(row.tensor * row.pipeline);
}

struct Count {
  int pairs = 0;
  int in_order = 0;
};

/// `faster` was measured to be.
void compare(Count& count, const SpeedRow& faster, const SpeedRow& slower,
             test::SpeedRows& predictions) {
  const double apart = faster.value / slower.value;
  if (apart < noise) return;
  const auto first = predictions.predict(faster);
  const auto second = predictions.predict(slower);
  INFO(faster.stack << " " << faster.model << " " << faster.format << ": " << named(faster)
                    << " is " << apart << " times as fast as " << named(slower));
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  ++count.pairs;
  if (first->value > second->value) ++count.in_order;
  if (apart >= clear) CHECK(first->value > second->value);
}

Count ordered(bool together) {
  test::SpeedRows predictions;
  Count count;
  for (const auto& a : rows) {
    if ((a.sequences != 1) != together) continue;
    for (const auto& b : rows) {
      if (same_run(a, b) && a.value > b.value) compare(count, a, b, predictions);
    }
  }
  return count;
}

}  // namespace

TEST_CASE("cards come out in the order that was measured", "[truth][speed]") {
  const auto together = GENERATE(false, true);
  const auto count = ordered(together);
  std::printf("%s: %d of %d pairs in the measured order\n", together ? "batches" : "single stream",
              count.in_order, count.pairs);
  CHECK(count.pairs >= 50);
  CHECK(count.in_order >= std::lround(0.97 * count.pairs));
}
