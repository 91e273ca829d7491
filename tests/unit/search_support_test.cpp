// SPDX-License-Identifier: MIT
// What runs where: the catalog's rows as verdicts, and what a person learns of them.
#include <nlohmann/json.hpp>

#include "search/format_search.hpp"
#include "search/support.hpp"
#include "support/ask.hpp"

using namespace llmfit;
using namespace llmfit::test;
using nlohmann::json;

namespace {

constexpr auto engine_no = Reason::engine_unsupported;
constexpr auto format_no = Reason::format_unsupported;

FitResult ask_engine(const std::string& name, Engine engine, const std::string& format,
                     const std::string& gpu, std::int32_t count = 1) {
  const auto model = model_of(name);
  auto request = request_of(model, {format}, engine);
  request.hardware.alternatives = {card(gpu, count)};
  auto result = fit(Catalog::builtin(), model, request);
  REQUIRE(result.has_value());
  return std::move(*result);
}

const Candidate& only(const FitResult& result) { return result.formats.front().candidates.front(); }

std::optional<Reason> runs(const FitResult& result) {
  const auto& candidate = only(result);
  return search::is_unsupported(candidate) ? candidate.reason : std::nullopt;
}

}  // namespace

TEST_CASE("engines and formats run on the cards that their rows name", "[support]") {
  struct Row {
    Engine engine;
    const char* format;
    const char* gpu;
    std::optional<Reason> reason;
  };
  const auto row = GENERATE(
      // vLLM from compute capability 7.0
      Row{Engine::vllm, "fp16", "k80", engine_no}, Row{Engine::vllm, "fp16", "m60", engine_no},
      Row{Engine::vllm, "fp16", "p100-16gb-pcie", engine_no},
      Row{Engine::vllm, "fp16", "v100-16gb-pcie", std::nullopt},
      Row{Engine::vllm, "bf16", "t4", format_no}, Row{Engine::vllm, "bf16", "a10", std::nullopt},
      Row{Engine::vllm, "fp8", "v100-16gb-pcie", format_no},
      Row{Engine::vllm, "fp8", "t4", std::nullopt}, Row{Engine::vllm, "fp8", "l4", std::nullopt},
      Row{Engine::vllm, "awq", "v100-16gb-pcie", format_no},
      Row{Engine::vllm, "gptq", "v100-16gb-pcie", std::nullopt},
      Row{Engine::vllm, "w8a8", "v100-16gb-pcie", format_no},
      Row{Engine::vllm, "nvfp4", "t4", format_no}, Row{Engine::vllm, "nvfp4", "b200", std::nullopt},
      // ROCm: what vLLM is built for, and what computes in 8-bit floats
      Row{Engine::vllm, "fp16", "mi300x", std::nullopt},
      Row{Engine::vllm, "fp16", "rx-7900-xtx", std::nullopt},
      Row{Engine::vllm, "fp16", "rx-6700-xt", engine_no},
      Row{Engine::vllm, "fp16", "mi25", engine_no},
      Row{Engine::vllm, "fp8", "mi300x", std::nullopt},
      Row{Engine::vllm, "fp8", "mi250", format_no}, Row{Engine::vllm, "nvfp4", "mi300x", format_no},
      // Others, in vLLM or through its plugins
      Row{Engine::vllm, "fp16", "gaudi2", std::nullopt},
      Row{Engine::vllm, "fp16", "arc-b580", std::nullopt},
      Row{Engine::vllm, "fp16", "tpu-v5e", std::nullopt},
      Row{Engine::vllm, "fp16", "tpu-v2", engine_no},
      Row{Engine::vllm, "fp16", "trainium2", std::nullopt},
      Row{Engine::vllm, "fp16", "inferentia1", engine_no},
      Row{Engine::vllm, "fp16", "apple-m2-ultra-192gb", engine_no},
      Row{Engine::vllm, "fp16", "graphcore-gc200", engine_no},
      Row{Engine::vllm, "fp16", "groqchip1", engine_no},
      Row{Engine::vllm, "fp16", "cerebras-wse3", engine_no},
      // llama.cpp on nearly everything
      Row{Engine::llama_cpp, "q4_k_m", "k80", std::nullopt},
      Row{Engine::llama_cpp, "q4_k_m", "rx-6700-xt", std::nullopt},
      Row{Engine::llama_cpp, "q4_k_m", "arc-a770-16gb", std::nullopt},
      Row{Engine::llama_cpp, "q4_k_m", "apple-m1-16gb", std::nullopt},
      Row{Engine::llama_cpp, "q4_k_m", "ascend-910b", std::nullopt},
      Row{Engine::llama_cpp, "q4_k_m", "gaudi2", engine_no},
      Row{Engine::llama_cpp, "q4_k_m", "tpu-v5e", engine_no},
      // The rest
      Row{Engine::transformers, "nf4", "m60", format_no},
      Row{Engine::transformers, "nf4", "p40", std::nullopt},
      Row{Engine::transformers, "nf4", "apple-m2-ultra-192gb", format_no},
      Row{Engine::mlx, "mlx_4bit", "apple-m2-ultra-192gb", std::nullopt},
      Row{Engine::mlx, "mlx_4bit", "l4", engine_no},
      Row{Engine::exllama, "exl3_4.0bpw", "rtx-3090", std::nullopt},
      Row{Engine::exllama, "exl3_4.0bpw", "p40", engine_no},
      Row{Engine::exllama, "exl3_4.0bpw", "mi300x", engine_no});
  INFO(to_string(row.engine) << " " << row.format << " on " << row.gpu);
  CHECK(runs(ask_engine("llama3-8b", row.engine, row.format, row.gpu)) == row.reason);
}

TEST_CASE("models that an engine does not run are a no on every card", "[support]") {
  struct Row {
    const char* model;
    Engine engine;
    const char* format;
    bool runs;
  };
  const auto row = GENERATE(Row{"flan-t5-xxl", Engine::vllm, "fp16", false},
                            Row{"flan-t5-xxl", Engine::llama_cpp, "q8_0", true},
                            Row{"flan-t5-xxl", Engine::transformers, "fp16", true},
                            Row{"rwkv-4-14b", Engine::vllm, "fp16", false},
                            Row{"mamba-2.8b", Engine::vllm, "fp16", true},
                            Row{"bert-base", Engine::vllm, "fp16", true},
                            Row{"bert-base", Engine::exllama, "exl3_4.0bpw", false},
                            Row{"opt-6.7b", Engine::llama_cpp, "q4_k_m", false},
                            Row{"opt-6.7b", Engine::vllm, "fp16", true});
  INFO(row.model << " under " << to_string(row.engine));
  const auto result = ask_engine(row.model, row.engine, row.format, "a100-80gb-sxm");
  CHECK(only(result).fits == row.runs);
  CHECK(has_note(result, NoteCode::engine_lacks_model) != row.runs);
  if (!row.runs) CHECK(only(result).reason == Reason::engine_unsupported);
}

TEST_CASE("by default a model goes to an engine that runs it", "[support]") {
  CHECK(request_of(model_of("bart-large"), {"fp16"}).formats.front().engine ==
        Engine::transformers);
  CHECK(request_of(model_of("opt-6.7b"), {"fp16"}).formats.front().engine == Engine::vllm);
  CHECK(request_of(model_of("llama3-8b"), {"fp16"}).formats.front().engine == Engine::llama_cpp);
}

TEST_CASE("it fits but does not run: memory is computed and what runs is named", "[support]") {
  const auto result = ask_engine("llama3-8b", Engine::vllm, "awq", "v100-16gb-pcie");
  const auto& candidate = only(result);
  CHECK_FALSE(candidate.fits);
  CHECK(candidate.holds);
  CHECK(candidate.reason == Reason::format_unsupported);
  REQUIRE(candidate.devices.size() == 1);
  CHECK_FALSE(candidate.max_context.has_value());
  CHECK(has_note(result, NoteCode::format_needs_newer_card));
  CHECK(has_note(result, NoteCode::memory_would_hold));
  for (const auto lever : {Lever::format, Lever::engine, Lever::card}) {
    INFO(to_string(lever));
    CHECK(std::any_of(result.changes.begin(), result.changes.end(),
                      [&](const Change& change) { return change.lever == lever; }));
  }
}

TEST_CASE("what is not native or not installed so is said beside a yes", "[support]") {
  const auto emulated = ask_engine("llama3-8b", Engine::vllm, "fp8", "a100-40gb-sxm");
  CHECK(only(emulated).fits);
  CHECK(has_note(emulated, NoteCode::not_native));
  const auto native = ask_engine("llama3-8b", Engine::vllm, "fp8", "l4");
  CHECK_FALSE(has_note(native, NoteCode::not_native));
  CHECK_FALSE(has_note(native, NoteCode::own_build));
  CHECK(has_note(ask_engine("llama3-8b", Engine::llama_cpp, "q4_k_m", "k80"), NoteCode::own_build));
}

TEST_CASE("an 8-bit float cache needs a card that reads it", "[support]") {
  const auto model = model_of("llama3-8b");
  auto request = request_of(model, {"awq"}, Engine::vllm);
  request.workload.kv_type = "fp8";
  request.hardware.alternatives = {card("t4", 1)};
  const auto old = fit(Catalog::builtin(), model, request);
  CHECK(only(*old).reason == Reason::format_unsupported);
  CHECK(has_note(*old, NoteCode::format_needs_newer_card));
  REQUIRE_FALSE(old->changes.empty());
  CHECK(old->changes.front().lever == Lever::kv_type);
  request.hardware.alternatives = {card("a10", 1)};
  const auto recent = fit(Catalog::builtin(), model, request);
  CHECK(only(*recent).fits);
  CHECK(has_note(*recent, NoteCode::not_native));
}

TEST_CASE("every rule of cards says where it was read", "[support]") {
  const auto check = [](std::string_view record) {
    const auto parsed = json::parse(record);
    for (const auto& rule : parsed.value("cards", json::array())) {
      CHECK_FALSE(rule.at("source").get<std::string>().empty());
      CHECK(rule.at("as_of").get<std::string>().size() >= 4);
    }
  };
  for (const auto& engine : Catalog::builtin().engines()) check(engine.json);
  for (const auto& format : Catalog::builtin().formats()) check(format.json);
}

TEST_CASE("every target of a rule is one of a card in the catalog", "[support]") {
  const auto& catalog = Catalog::builtin();
  const auto check = [&](const CardSupport& support) {
    for (const auto& rule : support.rules) {
      for (const auto target : rule.targets) {
        if (target == "gfx1150") continue;  // Strix Point, of which the catalog has no record
        const bool known =
            std::any_of(catalog.gpus().begin(), catalog.gpus().end(), [&](const GpuRecord& gpu) {
              const CardRule one{rule.vendor, {&target, 1}, {}, {}, {}, {}};
              return search::rule_of({{}, {}, {&one, 1}}, gpu) != nullptr;
            });
        INFO(rule.vendor << " " << target);
        CHECK(known);
      }
    }
  };
  for (const auto& engine : catalog.engines()) check(search::support_of(engine));
  for (const auto& format : catalog.formats()) check(search::support_of(format));
}
