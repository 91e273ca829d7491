// SPDX-License-Identifier: MIT
#include <cstdint>

#include "catch.hpp"
#include "render/bars.hpp"
#include "render/sum.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

Bars bars_of(const std::vector<std::optional<std::int64_t>>& sizes) {
  Bars bars;
  for (const auto size : sizes) {
    bars.rows.push_back({"part", size ? std::optional(Bytes{*size}) : std::nullopt, ""});
  }
  return bars;
}

std::int64_t added(const PrintedSum& sum) {
  std::int64_t total = 0;
  for (const auto& part : sum.parts) total += part.value_or(0);
  return total;
}

}  // namespace

TEST_CASE("printed parts add up to the printed total, which is never too small", "[render]") {
  std::uint64_t state = 1;
  const auto next = [&state] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::int64_t>(state >> 30U);
  };
  for (int round = 0; round < 500; ++round) {
    const std::int64_t limit = std::int64_t{1} << (round % 34 + 1);
    const auto bars = bars_of({next() % limit, next() % limit, std::nullopt, next() % 4096, 0});
    const auto sum = printed_sum(bars);
    REQUIRE(added(sum) == sum.total);
    Bytes exact;
    for (const auto& bar : bars.rows) exact += bar.bytes.value_or(Bytes{});
    const double steps = in_gib(sum, sum.total) - static_cast<double>(exact.count()) / 1073741824.0;
    REQUIRE(steps >= -1e-9);
    REQUIRE(steps < (sum.digits == 3 ? 0.001 : 0.01));
  }
}

TEST_CASE("a part is printed to its nearest hundredth, small sums to thousandths", "[render]") {
  const auto large = printed_sum(bars_of({gib(7).count() + 1, gib(3).count(), std::nullopt}));
  CHECK(steps_text(large, large.total) == "10.01");
  CHECK(steps_text(large, large.parts[0]) == "7.01");
  CHECK(steps_text(large, large.parts[1]) == "3.00");
  CHECK(steps_text(large, large.parts[2]) == "-");
  const auto small = printed_sum(bars_of({mib(10).count(), mib(2).count()}));
  CHECK(steps_text(small, small.total) == "0.012");
  CHECK(printed_sum(bars_of({})).total == 0);
}

TEST_CASE("a bar is drawn in eighths of a column, or in #", "[render]") {
  CHECK(bar_text(1, 4, true) == "████");
  CHECK(bar_text(0.5, 4, true) == "██");
  CHECK(bar_text(0.28125, 4, true) == "█▏");
  CHECK(bar_text(0.0001, 4, true) == "▏");
  CHECK(bar_text(0, 4, true).empty());
  CHECK(bar_text(0.5, 4, false) == "##");
  CHECK(bar_text(2, 4, false) == "####");
}
