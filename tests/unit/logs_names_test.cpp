// SPDX-License-Identifier: MIT
// Which catalog entry and which format a log is of.
#include <string>

#include "catch.hpp"
#include "logs/names.hpp"
#include "support/logs.hpp"

using namespace llmfit;

namespace {

LogFacts llama_facts(std::vector<std::string> names) {
  LogFacts facts;
  facts.engine = Engine::llama_cpp;
  facts.model.names = std::move(names);
  return facts;
}

LogFacts vllm_facts(std::string name, std::string quantization) {
  LogFacts facts;
  facts.engine = Engine::vllm;
  facts.model.names = {std::move(name)};
  facts.model.format = std::move(quantization);
  facts.model.dtype = "bfloat16";
  return facts;
}

}  // namespace

TEST_CASE("a printed file type is the id of a format", "[logs]") {
  struct Case {
    const char* printed;
    const char* id;
  };
  const Case cases[] = {{"Q4_K - Medium", "q4_k_m"},
                        {"Q3_K - Large", "q3_k_l"},
                        {"Q2_K - Medium", "q2_k"},
                        {"Q2_K - Small", "q2_k_s"},
                        {"Q8_0", "q8_0"},
                        {"BF16", "bf16"},
                        {"IQ4_XS - 4.25 bpw", "iq4_xs"},
                        {"IQ3_S mix - 3.66 bpw", "iq3_m"},
                        {"MXFP4 MoE", "mxfp4_moe"},
                        {"mostly Q4_K - Small", "q4_k_s"},
                        {"all F32", "f32"},
                        {"Q6_K (guessed)", "q6_k"},
                        {"Q4_1, some F16", "q4_1"},
                        {"2 (mostly Q4_0)", "q4_0"}};
  for (const auto& one : cases) {
    INFO(one.printed);
    CHECK(logs::file_type_id(one.printed) == one.id);
  }
}

TEST_CASE("the end of a name that tells a quantization is no part of the model", "[logs]") {
  CHECK(logs::without_format("Qwen3-14B-FP8-dynamic") == "Qwen3-14B-FP8");
  CHECK(logs::without_format("Qwen3-14B-FP8") == "Qwen3-14B");
  CHECK(logs::without_format("Qwen3-14B").empty());
  CHECK(logs::without_format("gemma-2-2b-it-Q4_K_M") == "gemma-2-2b-it");
  CHECK(logs::without_format("Meta-Llama-3.1-70B-quantized.w8a8") ==
        "Meta-Llama-3.1-70B-quantized");
}

TEST_CASE("paths under which a model was started tell its name", "[logs]") {
  struct Case {
    const char* path;
    const char* name;
  };
  const Case cases[] = {{"/cache/hub/models--Qwen--Qwen3-8B/snapshots/53b0974", "Qwen3-8B"},
                        {"/models/Qwen3-8B/", "/models/Qwen3-8B"},
                        {"Meta-Llama-3___1-8B-Instruct", "Meta-Llama-3.1-8B-Instruct"}};
  for (const auto& one : cases) {
    logs::Draft draft;
    draft.name = one.path;
    INFO(one.path);
    CHECK(logs::model_names(draft).front() == one.name);
  }
}

TEST_CASE("a model is recognised by the first name that its dimensions do not speak against",
          "[logs]") {
  const auto& catalog = Catalog::builtin();
  struct Case {
    LogFacts facts;
    const char* id;
  };
  const Case cases[] = {
      {llama_facts({"Meta-Llama-3-8B"}), "llama3-8b"},
      {llama_facts({"Nobody knows", "gemma-2-2b-it-Q4_K_M"}), "gemma2-2b"},
      {llama_facts({"Qwen3.6-27B-UD-Q4_K_XL"}), "qwen3.6-27b"},
      {vllm_facts("RedHatAI/Qwen3-14B-FP8-dynamic", "compressed-tensors"), "qwen3-14b"},
      {vllm_facts("cpatonn/Qwen3-Coder-30B-A3B-Instruct-GPTQ-4bit", "gptq"), "qwen3-coder-30b-a3b"},
      {vllm_facts("/google/gemma-3-27b-it", ""), "gemma3-27b"}};
  for (const auto& one : cases) {
    INFO(one.facts.model.names.front());
    const auto model = recognise_model(catalog, one.facts);
    REQUIRE(model.has_value());
    CHECK(model->record->id == one.id);
    CHECK_FALSE(model->by_dimensions);
  }
}

TEST_CASE("a model without a known name is the family's entry with its dimensions", "[logs]") {
  const auto& catalog = Catalog::builtin();
  auto facts = llama_facts({"Merged Model"});
  CHECK_FALSE(recognise_model(catalog, facts).has_value());
  facts.model.architecture = "llama";
  facts.model.layers = 32;
  facts.model.hidden = 4096;
  facts.model.vocabulary = 128256;
  facts.model.kv_heads = 8;
  facts.model.context = 8192;
  const auto model = recognise_model(catalog, facts);
  REQUIRE(model.has_value());
  CHECK(model->by_dimensions);
  CHECK(model->record->id == "llama3-8b");
  facts.model.kv_heads = 32;
  CHECK_FALSE(recognise_model(catalog, facts).has_value());
}

TEST_CASE("a name whose entry has other dimensions is not believed", "[logs]") {
  auto facts = llama_facts({"Llama 3 8B"});
  facts.model.layers = 80;
  facts.model.hidden = 8192;
  const auto model = recognise_model(Catalog::builtin(), facts);
  CHECK_FALSE(model.has_value());
}

TEST_CASE("vLLM's word for its quantization is a format of the catalog", "[logs]") {
  struct Case {
    const char* model;
    const char* quantization;
    const char* id;
  };
  const Case cases[] = {{"a/B", "", "bf16"},
                        {"a/B", "fp8", "fp8"},
                        {"a/B-AWQ", "awq_marlin", "awq"},
                        {"a/B", "gptq_marlin", "gptq"},
                        {"openai/gpt-oss-20b", "mxfp4", "mxfp4"},
                        {"a/B-FP8-dynamic", "compressed-tensors", "fp8_channel"},
                        {"a/B-quantized.w8a8", "compressed-tensors", "w8a8"},
                        {"a/B-W4A16", "compressed-tensors", "w4a16"}};
  for (const auto& one : cases) {
    INFO(one.model << " " << one.quantization);
    const auto format =
        recognise_format(Catalog::builtin(), vllm_facts(one.model, one.quantization));
    REQUIRE(format.has_value());
    CHECK(format->id == one.id);
  }
  const auto unknown = recognise_format(Catalog::builtin(), vllm_facts("a/B", "experts_int3"));
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == ErrorCode::unknown_format);
}
