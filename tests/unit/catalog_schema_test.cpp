// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "catalog/json_text.hpp"
#include "catalog/pattern.hpp"
#include "catalog/schema.hpp"
#include "catch.hpp"
#include "llmfit/catalog.hpp"

using llmfit::catalog::Faults;
using llmfit::catalog::Json;
using llmfit::catalog::Schema;

namespace {

/// "pointer: message" of every fault.
std::vector<std::string> faults_of(const std::string& schema, const std::string& value) {
  Faults faults;
  const auto compiled = Schema::compile(Json::parse(schema), faults);
  REQUIRE(compiled);
  compiled->check(Json::parse(value), faults);
  std::vector<std::string> lines;
  for (const auto& fault : faults) lines.push_back(fault.pointer + ": " + fault.message);
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("every keyword of the schema subset finds its fault", "[catalog]") {
  struct Row {
    const char* schema;
    const char* good;
    const char* bad;
    std::string fault;
  };
  const std::vector<Row> rows = {
      {R"({"type": "integer"})", "1", "1.5", ": must be a whole number, not 1.5"},
      {R"({"type": "number"})", "1", "\"1\"", ": must be a number, not \"1\""},
      {R"({"type": ["string", "null"]})", "null", "[]", ": must be a string or null, not an array"},
      {R"({"type": "boolean"})", "true", "0", ": must be true or false, not 0"},
      {R"({"required": ["a"]})", R"({"a": null})", "{}", "/a: required key is missing"},
      {R"({"properties": {"a": {"type": "null"}}})", R"({"b": 1})", R"({"a": 1})",
       "/a: must be null, not 1"},
      {R"({"properties": {"colour": {}}, "additionalProperties": false})", R"({"colour": 1})",
       R"({"color": 1})", "/color: unknown key; did you mean 'colour'?"},
      {R"({"additionalProperties": {"type": "array"}})", R"({"x": []})", R"({"x": {}})",
       "/x: must be an array, not an object"},
      {R"({"items": {"minimum": 2}})", "[2, 3]", "[2, 1]", "/1: must be at least 2"},
      {R"({"exclusiveMinimum": 0})", "0.1", "0", ": must be more than 0"},
      {R"({"maximum": 1})", "1", "1.01", ": must be at most 1"},
      {R"({"type": "integer"})", "9223372036854775807", "9223372036854775808",
       ": is too large, at most 2^63 - 1 is possible"},
      {R"({"minLength": 1})", "\"a\"", "\"\"",
       ": must not be empty; leave an optional key out, or write null"},
      {R"({"minItems": 1})", "[0]", "[]", ": must have at least 1 item"},
      {R"({"minProperties": 2})", R"({"a":1,"b":2})", R"({"a":1})", ": must have at least 2 keys"},
      {R"({"uniqueItems": true})", R"(["a","A"])", R"(["a","b","a"])",
       "/2: repeats an earlier item; leave it out"},
      {R"({"enum": ["yes", "no"]})", "\"no\"", "\"maybe\"",
       R"(: must be "yes" or "no", not "maybe")"},
      {R"({"const": 1})", "1", "2", ": must be 1, not 2"},
      {R"({"pattern": "^[0-9]{4}$", "description": "a year"})", "\"2024\"", "\"24\"",
       R"(: "24" does not match ^[0-9]{4}$ (a year))"},
      {R"({"anyOf": [{"type": "null"}, {"type": "object", "required": ["a"]}]})", "null", "{}",
       "/a: required key is missing"},
      {R"({"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}})", "\"\"", "1",
       ": must be a string, not 1"},
  };
  for (const auto& row : rows) {
    INFO(row.schema);
    CHECK(faults_of(row.schema, row.good).empty());
    CHECK(faults_of(row.schema, row.bad) == Lines{row.fault});
  }
}

TEST_CASE("a schema may refer to itself", "[catalog]") {
  const auto* schema = R"({"properties": {"next": {"$ref": "#"}}, "additionalProperties": false})";
  CHECK(faults_of(schema, R"({"next": {"next": {}}})").empty());
  CHECK(faults_of(schema, R"({"next": {"next": {"nxt": 1}}})") ==
        Lines{"/next/next/nxt: unknown key; did you mean 'next'?"});
}

TEST_CASE("all faults of a value are found, not the first", "[catalog]") {
  const auto* schema = R"({"type": "array", "items": {"type": "integer", "minimum": 0}})";
  CHECK(faults_of(schema, R"([-1, "a", 2, null])").size() == 3);
}

TEST_CASE("patterns match whole texts", "[catalog]") {
  struct Row {
    const char* pattern;
    std::vector<std::string> good;
    std::vector<std::string> bad;
  };
  const std::vector<Row> rows = {
      {"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
       {"2024", "2024-01", "2024-01-31"},
       {"", "202", "20245", "2024-", "2024-01-", "2024-01-311", "x2024"}},
      {"^[a-z0-9][a-z0-9.@+_-]*$", {"a", "9", "a-b_c.d@e+f"}, {"", "-a", "A", "a b", "a\n"}},
      {"^gfx[0-9a-f]+$", {"gfx90a", "gfx1100"}, {"gfx", "gf9", "gfxg", "gfx90A"}},
      {"^(a|bc)+d?$", {"a", "abcad", "bcbc"}, {"", "b", "d", "abcdd"}},
      {"^(a*)*$", {"", "aaaa"}, {"aab"}},
      {"^[-a]$", {"-", "a"}, {"b", "--"}},
      {"^[^a]$", {}, {}},
  };
  for (const auto& row : rows) {
    const auto pattern = llmfit::catalog::Pattern::parse(row.pattern);
    INFO(row.pattern);
    REQUIRE(pattern.has_value() == !row.good.empty());
    for (const auto& text : row.good) CHECK(pattern->matches(text));
    for (const auto& text : row.bad) CHECK_FALSE(pattern->matches(text));
  }
}

TEST_CASE("what the pattern matcher does not know is no pattern", "[catalog]") {
  for (const char* text : {"", "^", "a", "^a", "a$", "^(a$", "^a)$", "^[a$", "^[z-a]$", "^a{2$",
                           "^a{x}$", "^a{9999}$", "^a**$", "^.$", "^\\d$", "^a|b$", "^+$"}) {
    INFO(text);
    CHECK_FALSE(llmfit::catalog::Pattern::parse(text));
  }
}

TEST_CASE("a pattern takes no stack and little time for a long string", "[catalog]") {
  const auto pattern = llmfit::catalog::Pattern::parse("^(a|b)*$");
  REQUIRE(pattern);
  CHECK(pattern->matches(std::string(100000, 'a')));
  CHECK_FALSE(pattern->matches(std::string(100000, 'a') + "c"));
}

TEST_CASE("a broken schema is refused with its place", "[catalog]") {
  struct Row {
    const char* schema;
    std::string pointer;
  };
  const std::vector<Row> rows = {
      {R"({"properties": {"a": {"format": "date"}}})", "/properties/a/format"},
      {R"({"oneOf": []})", "/oneOf"},
      {R"({"type": "strin"})", "/type"},
      {R"({"required": "a"})", "/required"},
      {R"({"minimum": "1"})", "/minimum"},
      {R"({"minItems": -1})", "/minItems"},
      {R"({"pattern": "["})", "/pattern"},
      {R"({"$ref": "#/$defs/none"})", "/$ref"},
      {R"({"$ref": "other.json"})", "/$ref"},
      {R"({"items": 1})", "/items"},
  };
  for (const auto& row : rows) {
    INFO(row.schema);
    Faults faults;
    CHECK_FALSE(Schema::compile(Json::parse(row.schema), faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].pointer == row.pointer);
  }
}

TEST_CASE("the catalog's schema is one document that compiles", "[catalog]") {
  Faults faults;
  CHECK(Schema::compile(Json::parse(llmfit::catalog_schema()), faults));
  CHECK(faults.empty());
  CHECK(llmfit::catalog_schema().find(".schema.json\"") == std::string_view::npos);
}
