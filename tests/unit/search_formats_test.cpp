// SPDX-License-Identifier: MIT
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

std::string ids(const std::vector<FormatChoice>& choices) {
  std::string text;
  for (const auto& choice : choices) {
    text.append(text.empty() ? "" : " ");
    text.append(to_string(choice.engine)).append(":");
    text.append(choice.format ? choice.format->id : std::string_view("-"));
  }
  return text;
}

std::string resolved(const Model& model, const std::vector<std::string>& words,
                     std::optional<Engine> engine) {
  const auto choices = resolve_formats(Catalog::builtin(), model, words, engine);
  return choices ? ids(*choices) : "error: " + choices.error().message;
}

std::string resolved(std::string_view model, const std::vector<std::string>& words,
                     std::optional<Engine> engine = std::nullopt) {
  return resolved(model_of(model), words, engine);
}

/// Llama 2 13B as if read from a file with that format of its own.
Model from_file(ModelSource source, Engine engine, std::string_view id, bool quantized) {
  auto model = model_of("llama2-13b");
  model.source = source;
  model.file.emplace();
  model.file->format.id = id;
  model.file->format.engine = engine;
  model.file->format.as_stored = true;
  model.file->quantized = quantized;
  return model;
}

}  // namespace

TEST_CASE("a format word means its own id, or the engine's format of that family", "[formats]") {
  struct Row {
    std::string model;
    std::string word;
    std::optional<Engine> engine;
    std::string expected;
  };
  const auto row = GENERATE(Row{"llama2-13b", "q4", std::nullopt, "llama.cpp:q4_k_m"},
                            Row{"llama2-13b", "Q4_K_M", std::nullopt, "llama.cpp:q4_k_m"},
                            Row{"llama2-13b", "fp16", std::nullopt, "llama.cpp:f16"},
                            Row{"llama2-13b", "int8", std::nullopt, "llama.cpp:q8_0"},
                            Row{"llama2-13b", "fp8", std::nullopt, "vllm:fp8"},
                            Row{"llama2-13b", "awq", std::nullopt, "vllm:awq"},
                            Row{"llama2-13b", "nf4", std::nullopt, "transformers:nf4"},
                            Row{"llama2-13b", "q4", Engine::vllm, "vllm:awq"},
                            Row{"llama2-13b", "q4", Engine::transformers, "transformers:nf4"},
                            Row{"llama2-13b", "int4", Engine::params, "params:q4"},
                            Row{"llama2-13b", "f32", Engine::params, "params:fp32"},
                            Row{"llama2-13b", "q6", Engine::vllm, "vllm:-"},
                            Row{"llama2-13b", "q4_k_m", Engine::vllm, "vllm:-"},
                            Row{"gpt-4", "q4", std::nullopt, "params:q4"},
                            Row{"gpt-4", "q4_k_m", std::nullopt, "params:q4"},
                            Row{"gpt-3", "fp16", std::nullopt, "vllm:fp16"});
  INFO(row.model << " " << row.word);
  CHECK(resolved(row.model, {row.word}, row.engine) == row.expected);
}

TEST_CASE("without a word the ladder is shown, for other engines its families", "[formats]") {
  CHECK(resolved("llama2-13b", {}) ==
        "llama.cpp:f16 llama.cpp:q8_0 llama.cpp:q6_k llama.cpp:q5_k_m llama.cpp:q4_k_m "
        "llama.cpp:q3_k_m llama.cpp:q2_k");
  CHECK(resolved("llama2-13b", {}, Engine::vllm) == "vllm:fp16 vllm:w8a8 vllm:awq");
  CHECK(resolved("llama2-13b", {}, Engine::params) ==
        "params:fp16 params:q8 params:q6 params:q5 params:q4 params:q3 params:q2");
}

TEST_CASE("all means every format once, 33 of them llama.cpp's", "[formats]") {
  const auto choices =
      resolve_formats(Catalog::builtin(), model_of("llama2-13b"), {"all"}, std::nullopt);
  REQUIRE(choices.has_value());
  int llama_cpp = 0;
  for (const auto& choice : *choices) llama_cpp += choice.engine == Engine::llama_cpp ? 1 : 0;
  CHECK(llama_cpp == 33);
  CHECK(choices->size() > 33);
}

TEST_CASE("a word that no engine knows is an error with near names", "[formats]") {
  const auto choices =
      resolve_formats(Catalog::builtin(), model_of("llama2-13b"), {"q4_k_n"}, std::nullopt);
  REQUIRE_FALSE(choices.has_value());
  CHECK(choices.error().code == ErrorCode::unknown_format);
  CHECK(choices.error().hint.find("q4_k_m") != std::string::npos);
}

TEST_CASE("a file with weights of its own is sized as it is unless asked otherwise", "[formats]") {
  const auto q4 = from_file(ModelSource::gguf, Engine::llama_cpp, "q4_k_m", true);
  CHECK(resolved(q4, {}, std::nullopt) == "llama.cpp:q4_k_m");
  CHECK(resolved(q4, {"q8"}, std::nullopt) == "llama.cpp:q8_0");
  CHECK(resolved(q4, {}, Engine::vllm) == "vllm:fp16 vllm:w8a8 vllm:awq");
  const auto mixed = from_file(ModelSource::gguf, Engine::llama_cpp, "mixed", true);
  CHECK(resolved(mixed, {}, std::nullopt) == "llama.cpp:mixed");
  const auto f16 = from_file(ModelSource::gguf, Engine::llama_cpp, "f16", false);
  CHECK(resolved(f16, {}, std::nullopt) == "llama.cpp:f16");
  const auto awq = from_file(ModelSource::safetensors, Engine::vllm, "awq", true);
  CHECK(resolved(awq, {}, std::nullopt) == "vllm:awq");
  const auto plain = from_file(ModelSource::safetensors, Engine::vllm, "bf16", false);
  CHECK(resolved(plain, {}, std::nullopt) == resolved("llama2-13b", {}));
}
