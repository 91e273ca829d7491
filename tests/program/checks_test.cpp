// SPDX-License-Identifier: MIT
// What `check --file` prints, read by parsers that are not ours: XML by libxml2, JSON by a
// validator of schemas.
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "cli/checks_file.hpp"
#include "support/cli.hpp"

using namespace llmfit::test;
using nlohmann::json;

namespace {

FakeEnvironment with_file(const json& document) {
  FakeEnvironment environment;
  environment.files["fits.json"] = document.dump();
  return environment;
}

json file_of(const json& checks) { return {{"schema", "llmfit.checks/1"}, {"checks", checks}}; }

json check(const std::string& name, const std::string& model, const std::string& quant,
           const std::string& gpu) {
  return {{"name", name}, {"model", model}, {"quant", quant}, {"gpu", gpu}};
}

/// Two that hold and three that do not, under names that no format likes.
json hard_names() {
  auto checks = json::array();
  checks.push_back(check("a <b> & \"c\" 'd' ]]>", "llama2-13b", "q4", "t4"));
  checks.push_back(check("50%, x: y", "llama2-13b", "fp16", "t4"));
  checks.push_back(check("\x01\x1b[31m\r\n\t\x7f", "llama2-13b", "fp16", "t4"));
  checks.push_back(check("\xEF\xBF\xBF größer \xF0\x9F\x90\x8B", "llama3-8b", "q4", "l4"));
  checks.push_back(check("over", "llama2-13b", "q4", "t4"));
  checks.back()["max_usd_hour"] = 0.01;
  return checks;
}

bool is_valid(const json& schema_document, const json& document) {
  valijson::Schema schema;
  valijson::SchemaParser parser;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_document);
  parser.populateSchema(schema_adapter, schema);
  valijson::Validator validator;
  const valijson::adapters::NlohmannJsonAdapter target(document);
  return validator.validate(schema, target, nullptr);
}

json schema_of(const std::string& name) { return json::parse(run_line("schema " + name).out); }

using Document = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>;

Document parse_xml(const std::string& text) {
  return {xmlReadMemory(text.data(), static_cast<int>(text.size()), "", nullptr,
                        XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET),
          xmlFreeDoc};
}

std::string attribute(const xmlNode* node, const char* name) {
  xmlChar* value = xmlGetProp(node, reinterpret_cast<const xmlChar*>(name));
  std::string text = value == nullptr ? "" : reinterpret_cast<const char*>(value);
  xmlFree(value);
  return text;
}

std::vector<const xmlNode*> children(const xmlNode* node, const std::string& name) {
  std::vector<const xmlNode*> found;
  for (const auto* child = node->children; child != nullptr; child = child->next) {
    if (child->type == XML_ELEMENT_NODE && name == reinterpret_cast<const char*>(child->name)) {
      found.push_back(child);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("JUnit is XML that says which checks fail and why", "[checks]") {
  const auto ran =
      run_line("check --file fits.json --format junit", with_file(file_of(hard_names())));
  CHECK(ran.code == 1);
  const auto document = parse_xml(ran.out);
  REQUIRE(document != nullptr);
  const auto* root = xmlDocGetRootElement(document.get());
  CHECK(attribute(root, "tests") == "5");
  CHECK(attribute(root, "failures") == "3");
  const auto suites = children(root, "testsuite");
  REQUIRE(suites.size() == 1);
  const auto cases = children(suites.front(), "testcase");
  REQUIRE(cases.size() == 5);
  CHECK(attribute(cases[0], "name") == "a <b> & \"c\" 'd' ]]>");
  CHECK(attribute(cases[2], "name") == "\\x01\\x1b[31m\\x0d\\x0a\\x09\\x7f");
  CHECK(attribute(cases[3], "name") == " größer \xF0\x9F\x90\x8B");
  const std::vector<std::string> types{"", "out_of_memory", "out_of_memory", "", "over_budget"};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto failures = children(cases[i], "failure");
    REQUIRE(failures.size() == (types[i].empty() ? 0U : 1U));
    if (failures.empty()) continue;
    CHECK(attribute(failures.front(), "type") == types[i]);
    CHECK_FALSE(attribute(failures.front(), "message").empty());
  }
}

TEST_CASE("one check is a JUnit document too, whatever its words hold", "[checks]") {
  const auto ran = run_line("check llama2-13b --quant q4 --gpu t4 --format junit");
  CHECK(ran.code == 0);
  const auto document = parse_xml(ran.out);
  REQUIRE(document != nullptr);
  CHECK(attribute(xmlDocGetRootElement(document.get()), "tests") == "1");
}

TEST_CASE("GitHub gets one line a check, and no line that a name made", "[checks]") {
  const auto ran =
      run_line("check --file fits.json --format github", with_file(file_of(hard_names())));
  CHECK(ran.code == 1);
  int errors = 0;
  int notices = 0;
  int warnings = 0;  // of a price that a marketplace asks
  const auto lines = llmfit::base::split(ran.out, '\n');
  for (const auto& line : lines) {
    errors += line.starts_with("::error file=fits.json,title=") ? 1 : 0;
    notices += line.starts_with("::notice file=fits.json,title=") ? 1 : 0;
    warnings += line.starts_with("::warning file=fits.json,title=") ? 1 : 0;
  }
  CHECK(errors == 3);
  CHECK(notices == 2);
  CHECK(warnings == 1);
  CHECK(lines.size() == 7);  // the last is empty
  CHECK(contains(ran.out, "title=50%25%2C x%3A y does not fit::"));
}

TEST_CASE("what a file of checks may be and what comes of it keep to their schemas", "[checks]") {
  const auto file = file_of(hard_names());
  CHECK(is_valid(schema_of("checks"), file));
  const auto* line = GENERATE("check --file fits.json --json",
                              "check --file fits.json --json --explain --commercial --headroom 5% "
                              "--min-context 2k --min-sla 99 --max-usd-month 1e4");
  const auto report = json::parse(run_line(line, with_file(file)).out);
  CHECK(is_valid(schema_of("checks-report"), report));
  CHECK(report["checks_failed"] == 3);
  if (report["checks"][0].contains("report")) {
    CHECK(is_valid(schema_of("report"), report["checks"][0]["report"]));
  }
}

TEST_CASE("the schema of checks knows every option of check and no other", "[checks]") {
  std::set<std::string> wanted{"model"};
  for (const auto& option : llmfit::cli::options()) {
    const auto key = llmfit::cli::key_of(option);
    const auto text = R"({"schema": "llmfit.checks/1", "checks": [{")" + key + R"(": null}]})";
    if (llmfit::cli::read_checks(text, "fits.json")) wanted.insert(key);
  }
  const auto schema = schema_of("checks");
  std::set<std::string> options;
  std::set<std::string> entries;
  for (const auto& [key, value] : schema["$defs"]["options"]["properties"].items()) {
    options.insert(key);
  }
  for (const auto& [key, value] : schema["$defs"]["check"]["properties"].items()) {
    entries.insert(key);
  }
  CHECK(options == wanted);
  wanted.insert("name");
  CHECK(entries == wanted);
}

TEST_CASE("ten thousand checks are answered one by one", "[checks]") {
  auto checks = json::array();
  for (int i = 0; i < 10'000; ++i) {
    checks.push_back({{"params", "7b"}, {"quant", "fp16"}, {"engine", "params"}, {"gpu", "l4"}});
  }
  const auto ran = run_line("check --file fits.json --format csv", with_file(file_of(checks)));
  CHECK(ran.code == 0);
  CHECK(llmfit::base::split(ran.out, '\n').size() == 10'002);
}

TEST_CASE("reports with limits keep to their schema", "[checks]") {
  const auto schema = schema_of("report");
  const auto* line = GENERATE(
      "check llama2-13b --quant q4 --gpu t4 --headroom 10% --min-context 4k --min-sequences 9 "
      "--max-usd-hour 1 --max-usd-month 9 --min-sla 99 --commercial --json",
      "check llama2-13b --quant q4 --gpu t4 --headroom 2GiB --json",
      "check command-r-35b --quant q4 --gpu a100-80gb-sxm --commercial --json",
      "command-r-35b --quant q4 --commercial --json", "llama2-13b --min-sla 99.9 --json");
  INFO(line);
  const auto report = json::parse(run_line(line).out);
  CHECK(is_valid(schema, report));
}
