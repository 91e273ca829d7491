// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "render/chart_axis.hpp"

using namespace llmfit::render;

namespace {

std::string labels(const Axis& axis) {
  std::string text;
  for (const auto& tick : axis.ticks) text.append(text.empty() ? "" : " ").append(tick.label);
  return text;
}

}  // namespace

TEST_CASE("an axis has round numbers around its values", "[render]") {
  struct Row {
    double least;
    double most;
    int wanted;
    std::string expected;
  };
  const auto row = GENERATE(
      Row{3, 27.7, 7, "0 5 10 15 20 25 30"}, Row{0.5, 1, 5, "0 0.2 0.4 0.6 0.8 1"},
      Row{40, 90, 3, "0 50 100"}, Row{900, 2500, 3, "0 1,000 2,000 3,000"},
      Row{0.02, 0.4, 9, "0.02 0.05 0.1 0.2 0.5"}, Row{0.03, 120, 8, "0.03 0.1 0.3 1 3 10 30 100"},
      Row{0.03, 120, 5, "0.1 1 10 100"}, Row{7, 7, 4, "0 2 4 6 8"});
  INFO(row.least << " to " << row.most);
  const auto axis = axis_for(row.least, row.most, row.wanted);
  CHECK(labels(axis) == row.expected);
  CHECK(axis.low <= row.least);
  CHECK(axis.high >= row.most);
}

TEST_CASE("a place on an axis grows with its value and never leaves the axis", "[render]") {
  for (const double least : {0.001, 0.3, 5.0, 80.0}) {
    for (const double factor : {1.0, 3.0, 9.9, 11.0, 5000.0}) {
      const auto axis = axis_for(least, least * factor, 8);
      CHECK(axis.logarithmic == (factor > 10));
      double before = -1;
      for (int i = 0; i <= 20; ++i) {
        const double at = axis.at(least + (least * factor - least) * i / 20);
        CHECK(at >= 0);
        CHECK(at <= 1);
        CHECK((factor == 1 || at > before));
        before = at;
      }
      CHECK(axis.at(0) == 0);
      CHECK(axis.at(1e12) == 1);
    }
  }
}
