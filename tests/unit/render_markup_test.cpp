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
  CHECK(page.rfind("<!doctype html>", 0) == 0);
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
