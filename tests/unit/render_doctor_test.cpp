// SPDX-License-Identifier: MIT
#include "catalog/schema.hpp"
#include "nlohmann/json.hpp"
#include "render/schemas.hpp"
#include "support/cli.hpp"

using namespace llmfit;
using namespace llmfit::test;
using Json = nlohmann::json;

namespace {

/// What the schema has against the text, one fault a line.
std::string faults_of(std::string_view schema, const std::string& text) {
  catalog::Faults faults;
  const auto compiled = catalog::Schema::compile(Json::parse(schema), faults);
  if (compiled) compiled->check(Json::parse(text), faults);
  std::string lines;
  for (const auto& fault : faults) lines += fault.pointer + ": " + fault.message + "\n";
  return lines;
}

}  // namespace

TEST_CASE("doctor and reports on every recorded machine keep to their schemas", "[render]") {
  for (const auto& name : machine_names()) {
    INFO(name);
    FakeEnvironment environment;
    environment.machine = recorded_machine(name);
    const auto doctor = run_line("doctor --json", environment);
    CHECK(doctor.code == 0);
    CHECK(faults_of(render::doctor_schema(), doctor.out).empty());
    const auto report =
        run_line("phi3-mini --quant q4 --gpu local --usable 0.9 --json", environment);
    CHECK(report.code <= 1);
    CHECK(faults_of(render::report_schema(), report.out).empty());
  }
}
