// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sstream>

#include "base/text.hpp"
#include "catch.hpp"
#include "render/render.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

Report sample() {
  Table table;
  table.columns = {{"id", "card", Align::left, 0, {}, false},
                   {"used_bytes", "used", Align::right, 0, {}, false},
                   {"usable_bytes", "of usable GiB", Align::right, 0, " / ", false},
                   {"fits", "", Align::left, 0, {}, false},
                   {"max_context", "context up to", Align::right, 2, {}, false},
                   {"usd_per_hour", "$/hour", Align::right, 0, {}, false},
                   {"region", "region", Align::left, 3, {}, false},
                   {"nothing", "nothing", Align::right, 1, {}, true}};
  table.rows = {{Id{"t4"}, needed_cell(gib(10)), available_cell(gib(14)), Verdict{true, "ok"},
                 Count{4096}, Usd{0.526}, Text{"us-east-1"}, Unknown{}},
                {Id{"rtx-3090"}, needed_cell(gib(100)), available_cell(gib(23)),
                 Verdict{false, "no"}, Unknown{}, Unknown{}, Text{"Zürich × 2…"}, Unknown{}}};
  Bars bars;
  bars.rows = {{"weights", gib(7), "363 tensors, 4.83 bits per weight"},
               {"KV cache", gib(3), "40 layers × 4,096"},
               {"state", std::nullopt, "not known"}};
  Report report;
  report.title = "Llama 2 13B · q4_k_m · context 4,096";
  report.aside = "prices of 2026-08-22";
  report.sections = {{{}, bars},
                     {{}, table},
                     {"how", Pairs{{{"formula", Text{"a × b"}}, {"result", Unknown{}}}}},
                     {{}, Paragraph{Voice::note, "A sentence that is long enough to be wrapped."}},
                     {{}, Paragraph{Voice::warning, "Another one."}}};
  return report;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string at_width(int width) { return render_table(sample(), {width, false, true}); }

}  // namespace

TEST_CASE("a pipe gets every column on one line each", "[render]") {
  const auto text = render_table(sample(), {std::nullopt, false, true});
  CHECK(
      text ==
      R"(Llama 2 13B · q4_k_m · context 4,096                                            prices of 2026-08-22

     GiB
    7.00  ████████████████████████  weights   363 tensors, 4.83 bits per weight
    3.00  ██████████▎               KV cache  40 layers × 4,096
       -                            state     not known
   10.00                            total

  card      used of usable GiB      context up to  $/hour  region
  t4         10.0 / 14.0        ok          4,096    0.53  us-east-1
  rtx-3090  100.0 / 23.0        no              -       -  Zürich × 2…

how
  formula  a × b
  result   -

note: A sentence that is long enough to be wrapped.
warning: Another one.

- is unknown, not zero
)");
}

TEST_CASE("no line is wider than the terminal and no figure is cut", "[render]") {
  for (const int width : {40, 50, 60, 80, 100, 200}) {
    const auto text = at_width(width);
    for (const auto& line : lines_of(text)) {
      REQUIRE(base::display_width(line) <= static_cast<std::size_t>(width));
    }
    for (const char* figure :
         {"10.0 / 14.0", "100.0 / 23.0", "0.53", "7.00", "10.00", "rtx-3090"}) {
      REQUIRE(holds(text, figure));
    }
  }
}

TEST_CASE("a narrow terminal loses the least important columns and says which", "[render]") {
  CHECK_FALSE(holds(at_width(80), "columns hidden"));
  CHECK(holds(at_width(50), "columns hidden: region;"));
  CHECK(holds(at_width(50), "context"));
  const auto narrow = at_width(40);
  CHECK(holds(narrow, "columns hidden: context up to, region;"));
  CHECK(lines_of(narrow).back() == "widen the terminal or use --format csv");
  CHECK(holds(narrow, "no"));
}

TEST_CASE("a terminal too narrow for anything still gets whole figures", "[render]") {
  for (const int width : {-1, 0, 1, 10}) {
    const auto text = at_width(width);
    CHECK(holds(text, "100.0 / 23.0"));
    CHECK(holds(text, "rtx-3090"));
  }
}

TEST_CASE("without Unicode every byte is ASCII and columns stay aligned", "[render]") {
  const auto text = render_table(sample(), {120, false, false});
  CHECK(is_ascii(text));
  CHECK(holds(text, "Llama 2 13B - q4_k_m - context 4,096"));
  CHECK(holds(text, "40 layers x 4,096"));
  CHECK(holds(text, "Z?rich x 2..."));
  CHECK(holds(text, "########################"));
}

TEST_CASE("colour repeats what the words say", "[render]") {
  const auto coloured = render_table(sample(), {100, true, true});
  CHECK(holds(coloured, "\x1b[32mok\x1b[0m"));
  CHECK(holds(coloured, "\x1b[31mno\x1b[0m"));
  std::string stripped;
  for (std::size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b')
      i = coloured.find('m', i);
    else
      stripped.push_back(coloured[i]);
  }
  CHECK(stripped == render_table(sample(), {100, false, true}));
  CHECK_FALSE(holds(render_table(sample(), {100, false, true}), "\x1b"));
}

TEST_CASE("text from outside cannot write control sequences", "[render]") {
  Report report;
  report.title = "evil \x1b[31m\nname \xff";
  const auto text = render_table(report, {std::nullopt, false, true});
  CHECK(text == "evil \\x1b[31m\\x0aname \\xff\n");
}

TEST_CASE("long text wraps before a column has to go", "[render]") {
  Table table;
  table.columns = {{"id", "id", Align::left, 0, {}, false},
                   {"name", "name", Align::left, 1, {}, false}};
  table.rows = {{Id{"some-long-identifier"}, Text{"a name of several words that goes on"}}};
  Report report;
  report.sections = {{{}, table}};
  const auto text = render_table(report, {46, false, true});
  CHECK(text == R"(  id                    name
  some-long-identifier  a name of several
                        words that goes on
)");
}

TEST_CASE("a table without rows is not shown", "[render]") {
  Report report;
  report.title = "0 models";
  report.sections = {{{}, Table{{{"id", "id", Align::left, 0, {}, false}}, {}}}};
  CHECK(render_table(report, {}) == "0 models\n");
  CHECK(render_csv(report, {}) == "id\r\n");
}
