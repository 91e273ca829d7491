// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "render/render.hpp"

using namespace llmfit;
using namespace llmfit::render;

namespace {

Table table_of(std::vector<std::vector<Cell>> rows) {
  return {{{"name", "card", Align::left, 0, {}, false},
           {"total_bytes", "total GiB", Align::right, 0, {}, false},
           {"fits", "", Align::left, 0, " ", true}},
          std::move(rows)};
}

std::string csv(std::vector<Section> sections) {
  Report report;
  report.title = "not in the file";
  report.sections = std::move(sections);
  return render_csv(report, {40, true, true});
}

}  // namespace

TEST_CASE("CSV has raw units, names of programs and nothing for unknown", "[render]") {
  CHECK(csv({{{},
              table_of({{Text{"T4 16GB"}, needed_cell(gib(1)), Verdict{true, "ok"}},
                        {Text{"x"}, Unknown{}, Unknown{}}})}}) ==
        "name,total_bytes,fits\r\nT4 16GB,1073741824,true\r\nx,,\r\n");
}

TEST_CASE("CSV quotes what RFC 4180 wants quoted", "[render]") {
  struct Case {
    std::string value;
    std::string field;
  };
  const Case cases[] = {{"plain", "plain"},
                        {"a,b", "\"a,b\""},
                        {"a \"b\"", "\"a \"\"b\"\"\""},
                        {"two\nlines", "\"two\nlines\""},
                        {"cr\r", "\"cr\r\""},
                        {"Zürich", "Zürich"}};
  for (const auto& it : cases) {
    CHECK(csv({{{}, table_of({{Text{it.value}, Count{1}, Text{""}}})}}) ==
          "name,total_bytes,fits\r\n" + it.field + ",1,\r\n");
  }
}

TEST_CASE("CSV leaves out notes and repeats no header", "[render]") {
  CHECK(csv({{"first", table_of({{Text{"a"}, Count{1}, Unknown{}}})},
             {{}, Paragraph{Voice::warning, "careful"}},
             {"second", table_of({{Text{"b"}, Count{2}, Unknown{}}})}}) ==
        "name,total_bytes,fits\r\na,1,\r\nb,2,\r\n");
}
