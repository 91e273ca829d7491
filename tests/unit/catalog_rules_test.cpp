// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "catalog_fixture.hpp"
#include "catch.hpp"

using namespace catalog_fixture;
using llmfit::Catalog;
using llmfit::CatalogFault;
using llmfit::validate_catalog;

namespace {

/// A record of the catalog, what is broken in it, and the one fault that this is.
struct Broken {
  const char* array;
  const char* id;
  Edits edits;
  std::string pointer;  ///< within the record
  std::string message;  ///< a part of it
};

std::string listed(const std::vector<CatalogFault>& faults) {
  std::string text;
  for (const auto& fault : faults) text += fault.pointer + ": " + fault.message + "\n";
  return text;
}

void check_refused(const std::vector<Broken>& rows) {
  for (const auto& row : rows) {
    const auto record = record_of(row.array, row.id);
    REQUIRE(validate_catalog(Catalog::builtin(), file_of(row.array, {record})).empty());
    const auto text = file_of(row.array, {edited(record, row.edits)});
    const auto faults = validate_catalog(Catalog::builtin(), text);
    INFO(row.id << " " << row.edits.front().first << "\n" << listed(faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].pointer == "/" + std::string(row.array) + "/0" + row.pointer);
    CHECK(faults[0].message.find(row.message) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("broken models are refused", "[catalog]") {
  check_refused({
      {"models", "llama2-7b", {{"/parameters", ""}}, "/parameters", "required key is missing"},
      {"models", "llama2-7b", {{"/licence", "{}"}}, "/licence", "did you mean 'license'?"},
      {"models", "llama2-7b", {{"/sources", "{}"}}, "/sources", "at least 1 key"},
      {"models", "llama2-7b", {{"/sources/parameters", "[]"}}, "/sources/parameters", "1 item"},
      {"models", "llama2-7b", {{"/id", "\"A b\""}}, "/id", "does not match"},
      {"models", "llama2-7b", {{"/as_of", "\"2026-02-30\""}}, "/as_of", "not a date"},
      {"models",
       "llama2-7b",
       {{"/base_model", "\"llama2-7bb\""}},
       "/base_model",
       "did you mean 'llama2-70b', 'llama2-7b'"},
      {"models",
       "llama2-7b",
       {{"/aliases", "[\"LLaMA 2_13b\"]"}},
       "/aliases/0",
       "already a name of 'llama2-13b'"},
      {"models",
       "llama2-7b",
       {{"/id", "\"mistral7b\""}, {"/aliases", "[]"}},
       "/id",
       "already a name of 'mistral-7b'"},
      {"models",
       "llama2-7b",
       {{"/architecture/layer_kinds", "\"FFF\""}},
       "/architecture/layer_kinds",
       "3 entries for 32 layers"},
      {"models",
       "llama2-7b",
       {{"/architecture/layers", "2000000000"}},
       "/architecture/layers",
       "at most 1024"},
      {"models",
       "t5-base",
       {{"/architecture/encoder_decoder/decoder_layers", "2000000000"}},
       "/architecture/encoder_decoder/decoder_layers",
       "at most 1024"},
      {"models",
       "glm-4.5",
       {{"/architecture/mtp/num_layers", "2000000000"}},
       "/architecture/mtp/num_layers",
       "at most 1024"},
      {"models",
       "deepseek-v4-flash",
       {{"/architecture/dsv4/compress_ratios", "[0, 4]"}},
       "/architecture/dsv4/compress_ratios",
       "2 entries for 43 layers"},
      {"models",
       "llama2-7b",
       {{"/architecture/heads", "4294967296"}},
       "/architecture/heads",
       "2^31 - 1"},
      {"models",
       "llama2-7b",
       {{"/architecture/per_layer", R"({"norms": [1]})"}},
       "/architecture/per_layer/norms",
       "1 entries for 32 layers"},
      {"models",
       "llama2-7b",
       {{"/architecture/extra_per_layer",
         R"([{"name": "x", "shape": [1], "group": "other", "layers": [32]}])"}},
       "/architecture/extra_per_layer/0/layers",
       "32 is not a layer"},
      {"models",
       "llama2-7b",
       {{"/architecture/extra_tensors",
         R"([{"name": "x", "shape": [1,1,1,1], "group": "other"}])"}},
       "/architecture/extra_tensors/0/shape",
       "more than 3 dimensions"},
      {"models",
       "gemma3-27b",
       {{"/architecture/sliding_window", ""}},
       "/architecture/sliding_window",
       "required for layers of kind S"},
      {"models",
       "mixtral-8x7b",
       {{"/architecture/experts", ""}},
       "/architecture/experts",
       "required for layers of kind E"},
      {"models",
       "deepseek-v3",
       {{"/architecture/mla", ""}},
       "/architecture/mla",
       "required for layers of kind A"},
      {"models",
       "gpt-4",
       {{"/parameters/total", "null"}},
       "/parameters/total",
       "without an architecture"},
  });
}

TEST_CASE("parameters that the tensors do not add up to are refused", "[catalog]") {
  check_refused({
      {"models",
       "llama2-7b",
       {{"/parameters/published", "6800000000"}},
       "/parameters",
       "6,738,415,616 elements where the count leaves 6,800,000,000 (-0.91 %)"},
      {"models", "llama2-7b", {{"/architecture/ffn_size", "11264"}}, "/parameters", "(1.49 %)"},
      {"models", "mixtral-8x7b", {{"/architecture/experts/count", "9"}}, "/parameters", "%)"},
  });
}

TEST_CASE("a reason in the record excuses its parameters", "[catalog]") {
  const auto record = edited(record_of("models", "llama2-7b"),
                             {{"/parameters/published", "6800000000"},
                              {"/parameters/exception", "\"counted with rotary buffers\""}});
  CHECK(validate_catalog(Catalog::builtin(), file_of("models", {record})).empty());
}

TEST_CASE("broken cards are refused", "[catalog]") {
  check_refused({
      {"gpus", "t4", {{"/memory_gib", "0"}}, "/memory_gib", "must be more than 0"},
      {"gpus", "t4", {{"/aliases", "[\"RTX 3090\"]"}}, "/aliases/0", "name of 'rtx-3090'"},
      {"gpus", "t4", {{"/families", "[\"rtx3090\"]"}}, "/families/0", "name of 'rtx-3090'"},
      {"gpus", "t4", {{"/aliases", "[\"V100\"]"}}, "/aliases/0", "name of 'v100"},
      {"gpus",
       "t4",
       {{"/street_usd", "500"}, {"/street_date", "null"}},
       "/street_date",
       "a price needs its date"},
      {"gpus", "t4", {{"/compute_capability", "\"7\""}}, "/compute_capability", "does not match"},
      {"gpus", "t4", {{"/unverified", "[\"a\", \"a\"]"}}, "/unverified/1", "repeats"},
  });
}

TEST_CASE("broken offers are refused", "[catalog]") {
  const char* id = "aws-g4dn.xlarge";
  check_refused({
      {"offers", id, {{"/gpu", "\"t5\""}}, "/gpu", "not the id of any of the gpus"},
      {"offers", id, {{"/as_of", "null"}}, "/as_of", "must be a string"},
      {"offers", id, {{"/as_of", "\"2026-13\""}}, "/as_of", "not a date"},
      {"offers",
       id,
       {{"/usd_per_hour_spot", "0.2"}, {"/spot_as_of", "null"}},
       "/spot_as_of",
       "required for usd_per_hour_spot"},
      {"offers",
       id,
       {{"/usd_per_hour_reserved_1y", "0.2"}, {"/reserved_as_of", "null"}},
       "/reserved_as_of",
       "required for usd_per_hour_reserved_1y"},
      {"offers", id, {{"/gpu_count", "0"}}, "/gpu_count", "more than 0"},
      {"offers", id, {{"/gpu", "null"}}, "/gpu_count", "must be 0"},
      {"offers", id, {{"/gpu_count", "0.5"}}, "/slice_memory_gib", "required for a fraction"},
      {"offers", id, {{"/slice_memory_gib", "8"}}, "/slice_memory_gib", "leave it out"},
      {"offers", id, {{"/status", "\"old\""}}, "/status", "\"superseded\""},
      {"offers", id, {{"/sources", ""}}, "/sources", "required key is missing"},
  });
}

TEST_CASE("broken formats, engines and figures are refused", "[catalog]") {
  check_refused({
      {"quants", "q4_k_m", {{"/type", "\"q4_kk\""}}, "/type", "not a storage type"},
      {"quants", "q4_k_m", {{"/type", "null"}}, "/type", "required"},
      {"quants",
       "q4_k_m",
       {{"/scheme", R"({"bits": 4, "group": 32})"}},
       "/type",
       "beside a scheme"},
      {"quants", "q4_k_m", {{"/scheme", R"({"bits": 0, "group": 32})"}}, "/scheme/bits", "0"},
      {"quants", "q4_k_m", {{"/scheme", R"({"bits": 4})"}}, "/scheme/group", "required"},
      {"quants", "q4_k_m", {{"/quality/0/source", ""}}, "/quality/0/source", "required"},
      {"quants", "q4_k_m", {{"/engine", "\"ollama\""}}, "/engine", "must be llama.cpp, vllm"},
      {"quants", "q4_k_m", {{"/bytes_per_parameter", "0.5"}}, "/bytes_per_parameter", "null"},
      {"engines", "vllm", {{"/runtime_mib/low", "1e6"}}, "/runtime_mib", "low <= value"},
      {"engines", "vllm", {{"/id", "\"ollama\""}}, "/id", "must be \"llama.cpp\""},
      {"economics", "api-anthropic-claude-2", {{"/as_of", "null"}}, "/as_of", "needs its date"},
  });
}

TEST_CASE("an id or alias may stand once in a file", "[catalog]") {
  const auto first = own_model("llama2-7b", "mine-7b");
  auto second = own_model("llama2-7b", "mine-8b");
  second["aliases"] = {"MINE 7B"};
  const auto faults =
      validate_catalog(Catalog::builtin(), file_of("models", {first, first, second}));
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].pointer == "/models/1/id");
  CHECK(faults[0].message.find("already the id of /models/0") != std::string::npos);
  CHECK(faults[1].pointer == "/models/2/aliases/0");
  CHECK(faults[1].message.find("already a name of 'mine-7b'") != std::string::npos);
}

TEST_CASE("all faults of a file are listed at once", "[catalog]") {
  const auto model =
      edited(own_model("llama2-7b", "mine-7b"), {{"/gated", "3"}, {"/name", "\"\""}});
  const auto tuned = edited(own_model("llama2-7b", "mine-8b"),
                            {{"/base_model", "\"mine-7b\""}, {"/parameters/published", "1"}});
  const auto faults = validate_catalog(Catalog::builtin(), file_of("models", {model, tuned}));
  INFO(listed(faults));
  REQUIRE(faults.size() == 3);  // the reference to a broken record is not a fault of its own
  CHECK(faults[0].pointer == "/models/0/name");
  CHECK(faults[1].pointer == "/models/0/gated");
  CHECK(faults[2].pointer == "/models/1/parameters");
}

TEST_CASE("files of another shape are refused, not misread", "[catalog]") {
  struct Row {
    const char* text;
    std::string pointer;
  };
  const std::vector<Row> rows = {
      {"null", ""},
      {"[]", ""},
      {"{}", "/schema"},
      {R"({"schema": "llmfit.catalog/2"})", "/schema"},
      {R"({"schema": "llmfit.catalog/1", "models": {}})", "/models"},
      {R"({"schema": "llmfit.catalog/1", "models": [null]})", "/models/0"},
      {R"({"schema": "llmfit.catalog/1", "modls": []})", "/modls"},
      {R"({"schema": "llmfit.catalog/1", "schema": "llmfit.catalog/1"})", "/schema"},
      {"{\"schema\": ", ""},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto faults = validate_catalog(Catalog::builtin(), row.text);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].pointer == row.pointer);
  }
  CHECK(validate_catalog(Catalog::builtin(), R"({"schema": "llmfit.catalog/1"})").empty());
}
