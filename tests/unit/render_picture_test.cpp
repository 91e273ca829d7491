// SPDX-License-Identifier: MIT
#include <algorithm>
#include <random>

#include "catch.hpp"
#include "render/fit_picture.hpp"
#include "render/fit_report.hpp"
#include "render/html_picture.hpp"
#include "render/label_places.hpp"
#include "render/render.hpp"
#include "render_fixture.hpp"

using namespace llmfit;
using namespace llmfit::render;
using llmfit::test::FitFixture;

namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// What a label covers, as the places count it.
Box box_of(const LabelPlaces::Place& place, double width) {
  const double left = place.anchor == Anchor::end      ? place.x - width
                      : place.anchor == Anchor::middle ? place.x - width / 2
                                                       : place.x;
  return {left, place.y - 11, width, 14};
}

bool meet(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

}  // namespace

TEST_CASE("labels never lie on each other or on what is drawn", "[render]") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> across(0, 600);
  for (int round = 0; round < 30; ++round) {
    const Box area{0, 0, 600, 300};
    LabelPlaces places(area);
    std::vector<Box> taken;
    std::vector<Box> points;
    for (int i = 0; i < 25; ++i) points.push_back({across(random), across(random) / 2, 9, 9});
    for (const auto& point : points) places.block(point);
    int found = 0;
    for (const auto& point : points) {
      LabelPlaces::Place place;
      if (!places.find(point.x + 4.5, point.y + 4.5, 90, false, place)) continue;
      ++found;
      const auto box = box_of(place, 90);
      CHECK(box.x >= 0);
      CHECK(box.x + box.width <= 600);
      for (const auto& other : points) CHECK_FALSE(meet(box, other));
      for (const auto& other : taken) CHECK_FALSE(meet(box, other));
      taken.push_back(box);
    }
    CHECK(found >= 12);
  }
}

TEST_CASE("what should be avoided is written over only where asked to", "[render]") {
  LabelPlaces places({0, 0, 200, 200});
  places.avoid({0, 0, 200, 200});
  LabelPlaces::Place place;
  CHECK_FALSE(places.find(100, 100, 30, false, place));
  CHECK(places.find(100, 100, 30, true, place));
}

TEST_CASE("memory bars stand against the sets that were asked for", "[render]") {
  FitFixture fixture;
  fixture.request.hardware.alternatives = {{"t4", {}, std::nullopt}};
  const auto chart = memory_chart(fixture.view());
  REQUIRE(chart.rows.size() == 1);
  CHECK(chart.rows.front().name == "q4_k_m");
  CHECK(chart.parts.size() == chart.rows.front().parts.size());
  REQUIRE(chart.marks.size() == 2);
  CHECK(chart.marks.front().name == "T4 16GB");
  CHECK(chart.marks.front().bytes == mib(14910));
  CHECK(chart.marks.back().name == "2 × RTX 3090");
}

TEST_CASE("without cards of their own they stand against usual sizes, up to what holds all",
          "[render]") {
  FitFixture fixture;
  fixture.request.hardware.alternatives.clear();
  const auto view = fixture.view();
  const FitView all{Catalog::builtin(), view.model, view.request, view.result, "0.1.0"};
  const auto chart = memory_chart(all);
  const auto total = fixture.result.formats.front().footprint->total();
  REQUIRE(chart.marks.size() > 1);
  CHECK(chart.marks.back().bytes >= total);
  for (std::size_t i = 0; i + 1 < chart.marks.size(); ++i) {
    CHECK(chart.marks[i].bytes < total);
    CHECK(chart.marks[i].bytes < chart.marks[i + 1].bytes);
  }
}

TEST_CASE("a frontier is a table everywhere and a drawing with its numbers on a page", "[render]") {
  FitFixture fixture;
  Frontier frontier;
  auto candidate = fixture.fitting();
  candidate.cost.usd_per_million_tokens = 3.21;
  frontier.points.push_back({0, candidate, 0.526, {20, 25, 31}, 1});
  frontier.beaten = {{1.0, 12}};
  auto view = fixture.view();
  view.frontier = &frontier;
  const auto text = render_table(fit_report(view, Extent::everything), {});
  CHECK(holds(text, "Frontier: price against speed"));
  CHECK(holds(text, "25.0  20.0-31.0"));
  CHECK(holds(text, "3.21"));
  CHECK(holds(render_markdown(fit_report(view, Extent::everything), {}),
              "## Frontier: price against speed"));
  const auto page = render_html(fit_report(view, Extent::page), {});
  CHECK(holds(page, "<th class=\"right\">#</th>"));
  CHECK(holds(page, "1 · T4 16GB</text>"));
  CHECK(holds(page, "1: T4 16GB, q4_k_m: $0.53 an hour, 25.0 tok/s (20.0-31.0), aws g4dn.xlarge"));
  frontier.points.clear();
  CHECK(holds(render_table(fit_report(view, Extent::everything), {}),
              "Nothing that fits has both a price and a known speed."));
}

TEST_CASE("a frontier of copies counts them and says what all of them cost", "[render]") {
  FitFixture fixture;
  fixture.request.load.users = 100;
  Frontier frontier;
  frontier.points.push_back({0, fixture.fitting(), 1.578, {600, 750, 930}, 3});
  auto view = fixture.view();
  view.frontier = &frontier;
  const auto text = render_table(fit_report(view, Extent::everything), {});
  CHECK(holds(text, "Frontier: price against throughput of all copies"));
  CHECK(holds(text, "copies"));
  CHECK(holds(text, "1.58"));
  CHECK(holds(render_html(fit_report(view, Extent::page), {}), "1 · 3 copies of T4 16GB"));
}
