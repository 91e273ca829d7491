// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>

#include "catalog/schema.hpp"
#include "catch.hpp"
#include "render/json.hpp"
#include "render/json_writer.hpp"
#include "render/schemas.hpp"
#include "render_fixture.hpp"

using namespace llmfit;
using namespace llmfit::render;
using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

/// What the schema has against the text, one fault a line.
std::string faults_of(std::string_view schema, const std::string& text) {
  catalog::Faults faults;
  const auto compiled = catalog::Schema::compile(Json::parse(schema), faults);
  if (compiled) compiled->check(Json::parse(text), faults);
  std::string lines;
  for (const auto& fault : faults) lines += fault.pointer + ": " + fault.message + "\n";
  return lines;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("the writer escapes text and replaces what is not UTF-8", "[render]") {
  struct Case {
    std::string value;
    std::string json;
  };
  const Case cases[] = {{"plain", "\"plain\""},
                        {"a\"b\\c", "\"a\\\"b\\\\c\""},
                        {"tab\tnew\nret\r", "\"tab\\tnew\\nret\\r\""},
                        {std::string("nul\0", 4), "\"nul\\u0000\""},
                        {"\x1b\x7f", "\"\\u001b\\u007f\""},
                        {"Zürich 漢 😀", "\"Zürich 漢 😀\""},
                        {"\xff", "\"\xEF\xBF\xBD\""},
                        {"\xc3", "\"\xEF\xBF\xBD\""},
                        {"\xed\xa0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
                        {"\xc0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""}};
  for (const auto& it : cases) {
    JsonWriter json;
    json.value(it.value);
    const auto text = json.take();
    CHECK(text == it.json + "\n");
    CHECK_NOTHROW(Json::parse(text));
  }
}

TEST_CASE("the writer nests, separates and indents", "[render]") {
  JsonWriter json;
  json.object();
  json.field("a", 1);
  json.key("b");
  json.array();
  json.end();
  json.key("c");
  json.array();
  json.object(JsonWriter::Shape::line);
  json.field("d", 0.5);
  json.key("e");
  json.array();
  json.value(true);
  json.value(nullptr);
  json.end();
  json.end();
  json.raw("{\"raw\": 1}");
  json.end();
  json.field("f", std::numeric_limits<double>::infinity());
  json.field("g", std::optional<Bytes>{});
  json.text_field("h", "");
  json.end();
  CHECK(json.take() == R"({
  "a": 1,
  "b": [],
  "c": [
    {"d": 0.5, "e": [true, null]},
    {"raw": 1}
  ],
  "f": null,
  "g": null,
  "h": null
}
)");
}

TEST_CASE("the report's keys are those of the contract, in its order", "[render]") {
  test::FitFixture fixture;
  const auto report = Json::parse(fit_json(fixture.view()));
  CHECK(keys_of(report) == Keys{"schema", "version", "catalog", "model", "workload", "load",
                                "quantizations", "factors", "changes", "notes"});
  CHECK(keys_of(report["model"]) == Keys{"id", "name", "parameters", "active_parameters",
                                         "architecture", "context_length", "source", "license"});
  CHECK(keys_of(report["workload"]) ==
        Keys{"phase", "context", "sequences", "input_tokens", "output_tokens"});
  const auto& quantization = report["quantizations"][0];
  CHECK(keys_of(quantization) == Keys{"id", "engine", "bits_per_weight", "tensor_bytes", "kv_type",
                                      "memory", "configurations_total", "configurations",
                                      "headroom", "engine_version", "file_bytes"});
  CHECK(keys_of(quantization["memory"]) == Keys{"weights_bytes", "kv_cache_bytes", "state_bytes",
                                                "compute_bytes", "runtime_bytes", "host_bytes",
                                                "total_bytes"});
  const auto& configuration = quantization["configurations"][0];
  CHECK(keys_of(configuration) == Keys{"gpu",
                                       "gpu_count",
                                       "nodes",
                                       "tensor_parallel",
                                       "pipeline_parallel",
                                       "data_parallel",
                                       "expert_parallel",
                                       "idle_gpus",
                                       "fits",
                                       "reason",
                                       "memory_fits",
                                       "max_context",
                                       "max_sequences",
                                       "usable_basis",
                                       "devices",
                                       "offload",
                                       "decode_tokens_per_second",
                                       "prefill_tokens_per_second",
                                       "decode_tokens_per_second_band",
                                       "prefill_tokens_per_second_band",
                                       "limit",
                                       "prefill_limit",
                                       "first_token_seconds",
                                       "first_token_seconds_band",
                                       "throughput_tokens_per_second",
                                       "throughput_tokens_per_second_band",
                                       "output_token_seconds",
                                       "output_token_seconds_band",
                                       "speed_basis",
                                       "service",
                                       "cost",
                                       "owning",
                                       "energy"});
  CHECK(keys_of(configuration["devices"][0]) ==
        Keys{"weights_bytes", "kv_cache_bytes", "state_bytes", "compute_bytes", "runtime_bytes",
             "total_bytes", "usable_bytes", "headroom_bytes", "replicated_bytes", "layers"});
  CHECK(keys_of(configuration["cost"]) ==
        Keys{"usd_per_hour", "usd_per_month", "usd_per_million_tokens", "purchase_usd",
             "purchase_basis", "offer", "usd_per_million_input_tokens", "usd_per_request"});
  CHECK(keys_of(configuration["cost"]["offer"]) ==
        Keys{"provider", "instance", "region", "as_of", "sla_percent", "sla_instance_percent",
             "reliability", "machines", "spot", "term", "includes", "billing"});
  CHECK(keys_of(report["notes"][0]) == Keys{"code", "severity", "text"});
}

TEST_CASE("the report's values are bytes, dollars and words", "[render]") {
  test::FitFixture fixture;
  const auto report = Json::parse(fit_json(fixture.view()));
  CHECK(report["schema"] == "llmfit.report/1");
  CHECK(report["catalog"]["prices_as_of"] == "2026-08-22");
  const auto& quantization = report["quantizations"][0];
  const auto& memory = quantization["memory"];
  CHECK(quantization["id"] == "q4_k_m");
  CHECK(memory["kv_cache_bytes"] == 3355443200);
  CHECK(memory["total_bytes"] == memory["weights_bytes"].get<std::int64_t>() +
                                     memory["kv_cache_bytes"].get<std::int64_t>() +
                                     memory["state_bytes"].get<std::int64_t>() +
                                     memory["compute_bytes"].get<std::int64_t>() +
                                     memory["runtime_bytes"].get<std::int64_t>());
  const auto& fits = quantization["configurations"][0];
  CHECK(fits["gpu"] == "t4");
  CHECK(fits["usable_basis"] == "measured");
  CHECK(fits["reason"].is_null());
  CHECK(fits["cost"]["usd_per_month"] == 383.98);
  CHECK(fits["cost"]["purchase_basis"] == "launch");
  const auto& fails = quantization["configurations"][1];
  CHECK(fails["reason"] == "out_of_memory");
  CHECK(fails["usable_basis"] == "estimate");
  CHECK(fails["max_sequences"].is_null());
  CHECK(fails["devices"][1]["headroom_bytes"] < 0);
  CHECK(fails["cost"]["offer"].is_null());
  CHECK(report["notes"][0]["code"] == "no_offer");
  CHECK(report["notes"][0]["severity"] == "info");
}

TEST_CASE("a mixed set and host memory alone have no gpu", "[render]") {
  test::FitFixture fixture;
  fixture.result.formats[0].candidates = {fixture.mixed(), fixture.host()};
  const auto report = Json::parse(fit_json(fixture.view()));
  const auto& mixed = report["quantizations"][0]["configurations"][0];
  CHECK(mixed["gpu"].is_null());
  CHECK(mixed["gpu_count"] == 3);
  CHECK(mixed["gpus"] ==
        Json::parse(R"([{"id": "rtx-3090", "count": 1}, {"id": "t4", "count": 2}])"));
  const auto& host = report["quantizations"][0]["configurations"][1];
  CHECK(host["gpu"].is_null());
  CHECK(host["gpu_count"] == 0);
  CHECK_FALSE(host.contains("gpus"));
}

TEST_CASE("check has its verdict after the workload", "[render]") {
  test::FitFixture fixture;
  fixture.verdict = false;
  const auto report = Json::parse(fit_json(fixture.view()));
  CHECK(report["fits"] == false);
  CHECK(keys_of(report)[5] == "fits");
}

TEST_CASE("what is unknown is null", "[render]") {
  test::FitFixture fixture;
  auto& model = fixture.model();
  model.known_by_size_only = true;
  model.architecture.reset();
  model.context_length.reset();
  model.license.reset();
  model.active_parameters.reset();
  auto& format = fixture.result.formats[0];
  auto& terms = format.footprint->terms;
  terms.erase(terms.begin() + 1, terms.begin() + 4);
  const auto report = Json::parse(fit_json(fixture.view()));
  for (const char* key : {"architecture", "context_length", "license", "active_parameters"}) {
    CHECK(report["model"][key].is_null());
  }
  const auto& quantization = report["quantizations"][0];
  CHECK(quantization["kv_type"].is_null());
  for (const char* key : {"kv_cache_bytes", "state_bytes", "compute_bytes"}) {
    CHECK(quantization["memory"][key].is_null());
  }
  CHECK(quantization["memory"]["total_bytes"] == 7774000000 + mib(502).count());
}

TEST_CASE("a format that the engine lacks has no figures", "[render]") {
  test::FitFixture fixture;
  FormatResult lacking;
  lacking.choice = {std::nullopt, Engine::llama_cpp, "fp8"};
  fixture.result.formats = {lacking};
  const auto text = fit_json(fixture.view());
  const auto quantization = Json::parse(text)["quantizations"][0];
  CHECK(quantization["id"] == "fp8");
  CHECK(quantization["tensor_bytes"].is_null());
  CHECK(quantization["memory"]["total_bytes"].is_null());
  CHECK(quantization["configurations"].empty());
  CHECK(Json::parse(text)["workload"]["context"] == 4096);
  CHECK(faults_of(report_schema(), text).empty());
}

TEST_CASE("without an engine that has the format the workload is the one asked for", "[render]") {
  test::FitFixture fixture;
  fixture.result.formats[0].workload.reset();
  fixture.model().context_length = Tokens{2048};
  const auto context = [&] {
    return Json::parse(fit_json(fixture.view()))["workload"]["context"].get<int>();
  };
  CHECK(context() == 2048);
  fixture.request.workload.context = 512;
  CHECK(context() == 512);
}

TEST_CASE("reports keep to the schema that llmfit prints", "[render]") {
  test::FitFixture fixture;
  fixture.result.formats[0].candidates.push_back(fixture.mixed());
  fixture.result.formats[0].candidates.push_back(fixture.host());
  CHECK(faults_of(report_schema(), fit_json(fixture.view())).empty());
  fixture.explain = true;
  fixture.verdict = true;
  CHECK(faults_of(report_schema(), fit_json(fixture.view())).empty());
  const auto explain = Json::parse(fit_json(fixture.view()))["quantizations"][0]["explain"];
  CHECK(explain["terms"].size() == 5);
  CHECK(explain["terms"][1]["inputs"][0] ==
        Json::parse(R"({"name": "layers", "value": 40.0, "source": "catalog"})"));
  CHECK(explain["usable"].size() == 3);
  CHECK(explain["engine_version"] == "v0.5.0");
}

TEST_CASE("the schema refuses what the contract does not have", "[render]") {
  test::FitFixture fixture;
  auto report = Json::parse(fit_json(fixture.view()));
  report["quantizations"][0]["memory"]["extra_bytes"] = 1;
  CHECK_FALSE(faults_of(report_schema(), report.dump()).empty());
  report = Json::parse(fit_json(fixture.view()));
  report["quantizations"][0]["configurations"][0].erase("reason");
  CHECK_FALSE(faults_of(report_schema(), report.dump()).empty());
}

TEST_CASE("an error is a document of its own", "[render]") {
  const auto text = error_json({ErrorCode::unknown_model, "unknown model 'x'", "", "x"});
  CHECK(text == R"({
  "schema": "llmfit.error/1",
  "error": {
    "code": "unknown_model",
    "message": "unknown model 'x'",
    "hint": null,
    "where": "x"
  }
}
)");
  CHECK(faults_of(error_schema(), text).empty());
}

TEST_CASE("records of the catalog are printed as they are", "[render]") {
  const std::vector<std::string_view> records{R"({"id":"a"})", R"({"id":"b"})"};
  const auto listing = Json::parse(catalog_json("models", records));
  CHECK(keys_of(listing) == Keys{"schema", "models"});
  CHECK(listing["models"][1]["id"] == "b");
  CHECK(Json::parse(catalog_json("gpus", {}))["gpus"].empty());
}
