// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "render/render.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

Report sample() {
  Bars bars;
  bars.rows = {{"weights", gib(4), "a | b"}, {"KV cache", gib(1), ""}};
  Table table{{{"name", "card", Align::left, 0, {}, false},
               {"fits", "fits", Align::left, 5, {}, false},
               {"usd", "$/hour", Align::right, 0, {}, false}},
              {{Text{"<b>A|B</b> & co_x"}, Verdict{false, "no"}, Unknown{}}}};
  Report report;
  report.title = "A · B";
  report.aside = "prices of 2026";
  report.sections = {{"memory", bars},
                     {{}, table},
                     {{}, Paragraph{Voice::note, "One."}},
                     {{}, Paragraph{Voice::warning, "Two."}}};
  return report;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Markdown has tables, escapes names and hides no column", "[render]") {
  CHECK(render_markdown(sample(), {10, true, false}) == R"(# A · B

prices of 2026

## memory

| GiB | part | |
| --: | :-- | :-- |
| 4.00 | weights | a \| b |
| 1.00 | KV cache |  |
| **5.00** | **total** | |

| card | fits | $/hour |
| :-- | :-- | --: |
| \<b\>A\|B\</b\> & co\_x | no | - |

- **note:** One.
- **warning:** Two.

`-` is unknown, not zero.
)");
}

TEST_CASE("HTML is one page without anything from outside", "[render]") {
  const auto page = render_html(sample(), {});
  CHECK(page.rfind("<!DOCTYPE html>", 0) == 0);
  CHECK(holds(page, "prefers-color-scheme: dark"));
  CHECK(holds(page, "&lt;b&gt;A|B&lt;/b&gt; &amp; co_x"));
  CHECK(holds(page, "<td class=\"bad\">no</td>"));
  CHECK(holds(page, "style=\"width:25.0%\""));
  CHECK(holds(page, "<p class=\"warning\">warning: Two.</p>"));
  CHECK(holds(page, "- is unknown, not zero"));
  for (const char* foreign : {"<script", "http:", "https:", "url(", "@import"}) {
    CHECK_FALSE(holds(page, foreign));
  }
}

TEST_CASE("HTML keeps an option in one piece", "[render]") {
  Report report;
  report.sections = {{{}, Paragraph{Voice::plain, "Give <W> with --kwh-price, or --watts W."}}};
  CHECK(holds(render_html(report, {}),
              "<p>Give &lt;W&gt; with <span class=\"option\">--kwh-price</span>, or "
              "<span class=\"option\">--watts</span> W.</p>"));
}

TEST_CASE("what only a page can draw is left out of text and Markdown", "[render]") {
  MemoryChart memory{{"weights", "KV cache"},
                     {{"q4 <b>", {gib(7), std::nullopt}, "from 7.00 GiB"}},
                     {{"L4 & co", gib(22)}}};
  FrontierChart frontier;
  frontier.best = {{{1, 30}, 25, 35, "L4", "L4, all of it"}};
  frontier.beaten = {{2, 20}, {2, 20}, {5, 10}};
  const auto without = sample();
  auto with = sample();
  with.sections.push_back({"drawn", Picture{memory}});
  with.sections.push_back({{}, Picture{frontier}});
  CHECK(render_markdown(with, {}) == render_markdown(without, {}));
  CHECK(render_table(with, {}) == render_table(without, {}));
  CHECK(render_csv(with, {}) == render_csv(without, {}));
  const auto page = render_html(with, {});
  CHECK(holds(page, "<h2>drawn</h2>"));
  CHECK(holds(page, "q4 &lt;b&gt;: weights 7.00 GiB"));
  CHECK(holds(page, "L4 &amp; co holds 22.00 GiB"));
  CHECK(holds(page, "<title>1: L4, all of it</title>"));
  CHECK_FALSE(holds(page, "<b>"));
}
