// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "catalog/json_text.hpp"
#include "catch.hpp"

using llmfit::catalog::below;
using llmfit::catalog::one_line;
using llmfit::catalog::read_json;

namespace {

std::string repeated(const std::string& part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("text that is not JSON is one fault with its byte offset", "[catalog]") {
  struct Row {
    std::string text;
    std::string offset;
  };
  const std::vector<Row> rows = {
      {"", "byte 0 "},
      {"{", "byte 1 "},
      {"{\"a\": }", "byte 6 "},
      {"{}\n\n  x", "byte 6 (line 3)"},
      {"[1, 2", "byte 5 "},
      {"[1e999]", "number overflow"},
      {"[\"\xff\"]", "invalid"},
      {"[\"\xc3(\"]", "invalid"},
      {"[\"\\ud800\"]", "surrogate"},
      {"{\"a\": NaN}", "byte "},
      {std::string("[\0]", 3), "byte 1 "},
  };
  for (const auto& row : rows) {
    const auto json = read_json(row.text);
    INFO(row.text);
    REQUIRE(json.faults.size() == 1);
    CHECK(json.faults[0].pointer.empty());
    CHECK(json.faults[0].message.starts_with("not valid JSON at byte "));
    CHECK(contains(json.faults[0].message, row.offset));
    CHECK(json.value.is_null());
  }
}

TEST_CASE("faults of hostile text hold no raw bytes", "[catalog]") {
  const auto json = read_json("[\"\xff\x1b[2J\"]");
  REQUIRE(json.faults.size() == 1);
  for (const char c : json.faults[0].message) CHECK((c >= ' ' && c < 127));
}

TEST_CASE("nesting beyond 64 levels is refused where it begins", "[catalog]") {
  CHECK(read_json(repeated("[", 64) + repeated("]", 64)).faults.empty());
  const auto deep = read_json("{\"a\": " + repeated("[", 100000) + repeated("]", 100000) + "}");
  REQUIRE(deep.faults.size() == 1);
  CHECK(deep.faults[0].message == "nested deeper than 64 levels");
  CHECK(deep.faults[0].pointer == "/a" + repeated("/0", 63));
  CHECK(read_json(repeated("{\"a\":", 100000)).faults.size() == 1);
}

TEST_CASE("a key given twice is a fault, every time and at every depth", "[catalog]") {
  const auto json = read_json(R"({"a": 1, "b": [0, {"c/d": 1, "c/d": 2}], "a": {"x": 1, "x": 2}})");
  REQUIRE(json.faults.size() == 3);
  CHECK(json.faults[0].pointer == "/b/1/c~1d");
  CHECK(json.faults[1].pointer == "/a");
  CHECK(json.faults[2].pointer == "/a/x");
  CHECK(contains(json.faults[0].message, "given twice"));
  CHECK_FALSE(json.value.is_null());
}

TEST_CASE("the same key in two objects is no fault", "[catalog]") {
  CHECK(read_json(R"([{"a": 1}, {"a": {"a": 2}}])").faults.empty());
}

TEST_CASE("an object with a million keys is refused without being built", "[catalog]") {
  std::string text = "{\"k\": 0";
  for (int i = 0; i < 5000; ++i) text += ",\"" + std::to_string(i) + "\":0";
  const auto json = read_json(text + "}");
  REQUIRE(json.faults.size() == 1);
  CHECK(contains(json.faults[0].message, "1,024 keys"));
}

TEST_CASE("a record's text keeps the order of its keys and its characters", "[catalog]") {
  const std::string text = R"({"z":1,"a":[0.1,24,1e+20,"é \u001b \"x\""],"m":null})";
  CHECK(one_line(read_json(text).value) == text);
}

TEST_CASE("pointers escape what separates them", "[catalog]") {
  CHECK(below("/a", "b/c~d") == "/a/b~1c~0d");
  CHECK(below("", std::size_t{3}) == "/3");
}
