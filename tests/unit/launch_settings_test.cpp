// SPDX-License-Identifier: MIT
// Settings and splits that a placement may have, each under its engine's own flag.
#include "llmfit/launch.hpp"
#include "support/ask.hpp"
#include "support/launch.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// A configuration that fits, to be changed before it is launched.
struct Fitted {
  Model model;
  FitRequest request;
  FitResult result;

  Fitted(const std::string& name, const std::string& format, Engine engine, const std::string& gpu,
         std::int32_t count)
      : model(model_of(name)), request(request_of(model, {format}, engine)) {
    request.hardware.alternatives = {card(gpu, count)};
    auto found = fit(Catalog::builtin(), model, request);
    REQUIRE(found.has_value());
    result = std::move(*found);
    REQUIRE(result.any_fits);
  }

  FormatResult& format() { return result.formats.front(); }
  Candidate& candidate() { return format().candidates.front(); }
  LlamaCppSettings& llama_cpp() { return format().workload->llama_cpp; }
  VllmSettings& vllm() { return format().workload->vllm; }

  Result<Launch> launch(LaunchKind kind) {
    const auto* record = Catalog::builtin().find_model(model.id);
    const ModelPlace place{std::string(record->hf_repo), {}, {}, false, false};
    return make_launch({model, request, format(), candidate(), place, {}, "v1", "0.1.0"}, kind);
  }
  std::vector<std::string> words(LaunchKind kind) {
    const auto launched = launch(kind);
    REQUIRE(launched.has_value());
    return shell_words(launched->text);
  }
};

}  // namespace

TEST_CASE("what llama.cpp leaves to the host is said by the flags that do it", "[launch]") {
  Fitted it("qwen3-30b-a3b", "q4_k_m", Engine::llama_cpp, "rtx-3090", 1);
  SECTION("layers that were solved") {
    auto& offload = it.candidate().offload.emplace();
    offload.gpu_layers = 31;
    offload.weights = gib(6);
    CHECK(value_of(it.words(LaunchKind::llama_server), "--n-gpu-layers") == "31");
    CHECK(contains(it.launch(LaunchKind::llama_server)->text,
                   "# 6.00 GiB lie in the machine's own memory.\n"));
  }
  SECTION("layers that were asked for") {
    it.llama_cpp().gpu_layers = 12;
    CHECK(value_of(it.words(LaunchKind::llama_server), "--n-gpu-layers") == "12");
    CHECK(value_of(it.words(LaunchKind::ollama), "num_gpu") == "12");
  }
  SECTION("experts that were solved") {
    auto& offload = it.candidate().offload.emplace();
    offload.expert_layers = offload.cpu_moe = 9;
    const auto words = it.words(LaunchKind::llama_server);
    CHECK(value_of(words, "--n-cpu-moe") == "9");
    CHECK(value_of(words, "--n-gpu-layers") == "all");
    CHECK_FALSE(it.launch(LaunchKind::ollama).has_value());
  }
  SECTION("experts behind blocks that are on the host whole") {
    auto& offload = it.candidate().offload.emplace();
    offload.layers = 4;
    offload.expert_layers = 9;
    offload.cpu_moe = 13;
    offload.gpu_layers = 45;
    const auto words = it.words(LaunchKind::llama_server);
    CHECK(value_of(words, "--n-cpu-moe") == "13");
    CHECK(value_of(words, "--n-gpu-layers") == "45");
  }
  SECTION("experts that were asked for") {
    it.llama_cpp().cpu_moe = 20;
    CHECK(value_of(it.words(LaunchKind::llama_server), "--n-cpu-moe") == "20");
  }
  SECTION("switches") {
    it.llama_cpp().kv_offload = false;
    it.llama_cpp().op_offload = false;
    it.llama_cpp().mmap = false;
    const auto words = it.words(LaunchKind::llama_server);
    CHECK(has_flag(words, "--no-kv-offload"));
    CHECK(has_flag(words, "--no-op-offload"));
    CHECK(value_of(words, "--load-mode") == "none");
  }
}

TEST_CASE("how llama.cpp divides a model is said by its flags", "[launch]") {
  Fitted it("llama3-8b", "q8_0", Engine::llama_cpp, "rtx-3090", 2);
  SECTION("rows, by shares") {
    it.llama_cpp().split_mode = SplitMode::row;
    it.llama_cpp().tensor_split = {3, 1.5};
    it.llama_cpp().main_gpu = 1;
    const auto words = it.words(LaunchKind::llama_server);
    CHECK(value_of(words, "--split-mode") == "row");
    CHECK(value_of(words, "--tensor-split") == "3,1.5");
    CHECK(value_of(words, "--main-gpu") == "1");
    CHECK_FALSE(it.launch(LaunchKind::ollama).has_value());
  }
  SECTION("as the option asks") {
    it.request.workload.split.mode = SplitMode::none;
    const auto words = it.words(LaunchKind::llama_server);
    CHECK(value_of(words, "--split-mode") == "none");
    CHECK(value_of(words, "--main-gpu") == "0");
  }
}

TEST_CASE("how vLLM divides a model is said by its flags", "[launch]") {
  Fitted it("qwen3-30b-a3b", "bf16", Engine::vllm, "h100-sxm", 4);
  SECTION("data-parallel ranks with whole experts") {
    it.candidate().split = {1, 2, 1, 2, true};
    const auto words = it.words(LaunchKind::vllm);
    CHECK(value_of(words, "--tensor-parallel-size") == "(none)");
    CHECK(value_of(words, "--pipeline-parallel-size") == "2");
    CHECK(value_of(words, "--data-parallel-size") == "2");
    CHECK(has_flag(words, "--enable-expert-parallel"));
  }
  SECTION("data-parallel ranks on several machines") {
    it.candidate().split = {2, 1, 2, 2, true};
    CHECK(value_of(it.words(LaunchKind::ray), "--data-parallel-backend") == "ray");
    CHECK_FALSE(it.launch(LaunchKind::lws).has_value());
    CHECK_FALSE(it.launch(LaunchKind::skypilot).has_value());
  }
  SECTION("weights in host memory, as asked for and as solved") {
    it.vllm().cpu_offload = gib(12);
    CHECK(value_of(it.words(LaunchKind::vllm), "--cpu-offload-gb") == "12");
    it.vllm().cpu_offload = Bytes{};
    it.candidate().offload.emplace().per_device = gib(5);
    CHECK(value_of(it.words(LaunchKind::vllm), "--cpu-offload-gb") == "5");
    it.candidate().offload->per_device = mib(2561);
    CHECK(value_of(it.words(LaunchKind::vllm), "--cpu-offload-gb") == "2.51");
  }
  SECTION("a cache of a fixed size, and windows kept whole") {
    it.vllm().kv_cache_memory = gib(8);
    it.vllm().hybrid_cache = false;
    const auto words = it.words(LaunchKind::vllm);
    CHECK(value_of(words, "--kv-cache-memory-bytes") == "8589934592");
    CHECK(has_flag(words, "--disable-hybrid-kv-cache-manager"));
  }
  SECTION("several machines without Ray need a version that can") {
    it.candidate().split = {2, 2, 2};
    CHECK(it.launch(LaunchKind::lws).has_value());
    it.vllm().version = 10;
    CHECK_FALSE(it.launch(LaunchKind::lws).has_value());
    CHECK(it.launch(LaunchKind::ray).has_value());
  }
  SECTION("an older version is what is installed") {
    CHECK(contains(it.launch(LaunchKind::kubernetes)->text, "vllm/vllm-openai:latest"));
    CHECK(contains(it.launch(LaunchKind::skypilot)->text, "pip install vllm\n"));
    it.vllm().version = 12;
    CHECK(contains(it.launch(LaunchKind::kubernetes)->text, "vllm/vllm-openai:v0.12.0"));
    CHECK(contains(it.launch(LaunchKind::skypilot)->text, "pip install 'vllm==0.12.*'\n"));
  }
}

TEST_CASE("names that cannot be printed are refused in every kind", "[launch]") {
  Fitted it("llama3-8b", "q8_0", Engine::llama_cpp, "rtx-3090", 1);
  const ModelPlace place{{}, {}, "new\nline.gguf", false, false};
  const LaunchQuestion question{it.model, it.request, it.format(), it.candidate(),
                                place,    {},         "v1",        "0.1.0"};
  for (const auto kind : all_launch_kinds) {
    const auto launched = make_launch(question, kind);
    REQUIRE_FALSE(launched.has_value());
    CHECK(launched.error().code == ErrorCode::unsupported);
  }
}

TEST_CASE("a model's name cannot end the comment that it stands in", "[launch]") {
  Fitted it("llama3-8b", "q8_0", Engine::llama_cpp, "rtx-3090", 1);
  it.model.name = "a\nreboot";
  for (const auto kind : {LaunchKind::llama_server, LaunchKind::ollama, LaunchKind::kubernetes,
                          LaunchKind::skypilot}) {
    const auto launched = it.launch(kind);
    REQUIRE(launched.has_value());
    CHECK_FALSE(contains(launched->text, "\nreboot"));
  }
}
