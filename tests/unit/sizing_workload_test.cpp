// SPDX-License-Identifier: MIT
#include <string>

#include "catch.hpp"
#include "support/ask.hpp"
#include "support/hand_models.hpp"
#include "support/workloads.hpp"

using namespace llmfit;
using namespace llmfit::test;

TEST_CASE("context is 4,096 or the model's limit, one sequence", "[workload]") {
  const auto long_model = make(llama3_8b(), Engine::llama_cpp, {});
  REQUIRE(long_model.has_value());
  CHECK(long_model->context == 4096);
  CHECK(long_model->sequences == 1);
  CHECK(make(tinyllama(), Engine::llama_cpp, {})->context == 2048);
  CHECK(make(by_size(1000), Engine::params, {})->context == 4096);
}

TEST_CASE("a workload remembers what nobody asked for", "[workload]") {
  const auto plain = make(llama3_8b(), Engine::llama_cpp, {});
  CHECK((plain->context_is_default && plain->sequences_are_default));
  WorkloadRequest request;
  request.context = 4096;
  request.sequences = 1;
  const auto asked = make(llama3_8b(), Engine::llama_cpp, request);
  CHECK_FALSE((asked->context_is_default || asked->sequences_are_default));
  const auto by_flag =
      make(llama3_8b(), Engine::llama_cpp, with({{"ctx-size", "8192"}, {"parallel", "2"}}));
  CHECK_FALSE((by_flag->context_is_default || by_flag->sequences_are_default));
  const auto length = make(llama3_8b(), Engine::vllm, with({{"max-model-len", "2048"}}));
  CHECK_FALSE(length->context_is_default);
  CHECK(length->sequences_are_default);
}

TEST_CASE("a context above the model's limit is taken as it is", "[workload]") {
  WorkloadRequest request;
  request.context = 1'000'000;
  CHECK(make(tinyllama(), Engine::llama_cpp, request)->context == 1'000'000);
}

TEST_CASE("context and sequences have a range", "[workload]") {
  struct Row {
    std::int64_t context;
    std::int64_t sequences;
    bool good;
  };
  const auto row =
      GENERATE(Row{1, 1, true}, Row{std::int64_t{1} << 31, 1, true},
               Row{(std::int64_t{1} << 31) + 1, 1, false}, Row{0, 1, false}, Row{-5, 1, false},
               Row{1, 256, true}, Row{1, 257, false}, Row{1, 0, false});
  WorkloadRequest request;
  request.context = row.context;
  request.sequences = row.sequences;
  const auto workload = make(llama3_8b(), Engine::llama_cpp, request);
  INFO(row.context << " x " << row.sequences);
  CHECK(workload.has_value() == row.good);
  if (!row.good) CHECK(workload.error().code == ErrorCode::invalid_value);
}

TEST_CASE("vLLM takes more sequences than by default where they are asked for", "[workload]") {
  WorkloadRequest request;
  request.sequences = 1'000'000;
  CHECK(make(llama3_8b(), Engine::vllm, request).has_value());
  request.sequences = 1'000'001;
  CHECK_FALSE(make(llama3_8b(), Engine::vllm, request).has_value());
  request.sequences = 1;
  request.settings = {{"max-num-batched-tokens", "16"}, {"max-num-seqs", "256"}};
  CHECK(make(llama3_8b(), Engine::vllm, request).error().code == ErrorCode::usage);
}

TEST_CASE("the cache is kept in the type that the model runs in", "[workload]") {
  const auto kept = [](std::string_view word, WorkloadRequest request) {
    const auto model = model_of("llama3.1-8b");  // published in bf16
    const auto choice = request_of(model, {std::string(word)}, Engine::vllm).formats.front();
    auto workload = make_workload(request, Engine::vllm, model, 0.9).value();
    match_dtype(workload, request, *choice.format);
    return kv_type_name(workload);
  };
  CHECK(kept("fp16", {}) == "f16");
  CHECK(kept("bf16", {}) == "bf16");
  CHECK(kept("fp8", {}) == "bf16");
  WorkloadRequest named;
  named.kv_type = "fp8";
  CHECK(kept("fp16", named) == "fp8");
}

TEST_CASE("each engine has its cache types and a default", "[workload]") {
  struct Row {
    Engine engine;
    std::string type;
    std::string name;  // empty: refused
  };
  const auto row = GENERATE(
      Row{Engine::llama_cpp, "", "f16"}, Row{Engine::llama_cpp, "Q8_0", "q8_0"},
      Row{Engine::llama_cpp, "iq4_nl", "iq4_nl"}, Row{Engine::llama_cpp, "q8_0/f16", "q8_0/f16"},
      Row{Engine::llama_cpp, "fp16", "f16"}, Row{Engine::llama_cpp, "fp8", ""},
      Row{Engine::llama_cpp, "auto", ""}, Row{Engine::llama_cpp, "a/b/c", ""},
      Row{Engine::vllm, "", "bf16"}, Row{Engine::vllm, "fp8", "fp8"},
      Row{Engine::vllm, "auto", "bf16"}, Row{Engine::vllm, "q8_0", ""},
      Row{Engine::transformers, "f32", "f32"}, Row{Engine::transformers, "fp8", ""},
      Row{Engine::params, "", "f16"}, Row{Engine::params, "q8_0", ""});
  WorkloadRequest request;
  request.kv_type = row.type;
  const auto workload = make(llama3_8b(), row.engine, request);
  INFO(to_string(row.engine) << " '" << row.type << "'");
  CHECK(workload.has_value() == !row.name.empty());
  if (workload) CHECK(kv_type_name(*workload) == row.name);
  if (!workload) CHECK(workload.error().code == ErrorCode::invalid_value);
}

TEST_CASE("settings reach the workload under the engine's own names", "[workload]") {
  const auto llama = make(llama3_8b(), Engine::llama_cpp,
                          with({{"ubatch-size", "1024"},
                                {"--batch_size", "4096"},
                                {"kv-unified", ""},
                                {"swa-full", "on"},
                                {"flash-attn", "off"},
                                {"parallel", "4"},
                                {"ctx-size", "8k"},
                                {"mmap", "off"},
                                {"n-gpu-layers", "99"}}));
  REQUIRE(llama.has_value());
  CHECK(llama->llama_cpp.ubatch == 1024);
  CHECK(llama->llama_cpp.batch == 4096);
  CHECK(llama->llama_cpp.kv_unified);
  CHECK(llama->llama_cpp.swa_full);
  CHECK(llama->llama_cpp.flash_attention == FlashAttention::off);
  CHECK(llama->sequences == 4);
  CHECK(llama->context == 2048);
  const auto vllm = make(llama3_8b(), Engine::vllm,
                         with({{"gpu-memory-utilization", "0.85"},
                               {"max-model-len", "8192"},
                               {"max-num-seqs", "64"},
                               {"max-num-batched-tokens", "4096"},
                               {"enforce-eager", "true"},
                               {"kv-cache-dtype", "fp8"},
                               {"tensor-parallel-size", "2"},
                               {"pipeline-parallel-size", "3"},
                               {"block-size", "32"},
                               {"kv-cache-memory-bytes", "8Gi"},
                               {"enable-expert-parallel", ""},
                               {"disable-hybrid-kv-cache-manager", "true"},
                               {"no-enable-prefix-caching", ""},
                               {"version", "0.12.0"}}));
  REQUIRE(vllm.has_value());
  CHECK(vllm->vllm.utilization == 0.85);
  CHECK(vllm->context == 8192);
  CHECK(vllm->vllm.max_num_seqs == 64);
  CHECK(vllm->vllm.max_num_batched_tokens == 4096);
  CHECK(vllm->vllm.enforce_eager);
  CHECK(vllm->cache_k == TensorType::fp8);
  CHECK(vllm->vllm.tensor_parallel == 2);
  CHECK(vllm->vllm.pipeline_parallel == 3);
  CHECK(vllm->vllm.block_size == 32);
  CHECK(vllm->vllm.kv_cache_memory == gib(8));
  CHECK(vllm->vllm.expert_parallel);
  CHECK_FALSE(vllm->vllm.hybrid_cache);
  CHECK_FALSE(vllm->vllm.prefix_caching);
  CHECK(vllm->vllm.version == 12);
  const auto transformers = make(llama3_8b(), Engine::transformers,
                                 with({{"attn-implementation", "eager"}, {"version", "4.44"}}));
  REQUIRE(transformers.has_value());
  CHECK(transformers->transformers.eager_attention);
  CHECK(transformers->transformers.version == 44);
}

TEST_CASE("vLLM keeps sparse latent attention in 8 bits", "[workload]") {
  auto sparse = deepseek_v3();
  CHECK(make(sparse, Engine::vllm, with({}))->cache_k == TensorType::bf16);
  sparse.arch.indexer = Indexer{64, 128};
  CHECK(make(sparse, Engine::vllm, with({}))->cache_k == TensorType::fp8);
  CHECK(make(sparse, Engine::llama_cpp, with({}))->cache_k == TensorType::f16);
}

TEST_CASE("an older vLLM takes its own share of the memory where none is named", "[workload]") {
  CHECK(make(llama3_8b(), Engine::vllm, with({}))->vllm.utilization == 0.9);  // the record's
  CHECK(make(llama3_8b(), Engine::vllm, with({{"version", "0.12"}}))->vllm.utilization == 0.90);
  CHECK(make(llama3_8b(), Engine::vllm, with({{"version", "0.24"}}))->vllm.utilization == 0.92);
}

TEST_CASE("settings that contradict the options are refused", "[workload]") {
  struct Row {
    Engine engine;
    std::string flag;
    std::string value;
    bool good;
  };
  const auto row = GENERATE(
      Row{Engine::llama_cpp, "parallel", "2", true}, Row{Engine::llama_cpp, "parallel", "4", false},
      Row{Engine::llama_cpp, "ctx-size", "8192", true},
      Row{Engine::llama_cpp, "ctx-size", "4096", false},
      Row{Engine::llama_cpp, "cache-type-k", "q8_0", true},
      Row{Engine::llama_cpp, "cache-type-k", "f16", false},
      Row{Engine::vllm, "max-model-len", "4096", true},
      Row{Engine::vllm, "max-model-len", "8192", false},
      Row{Engine::vllm, "max-num-seqs", "2", true}, Row{Engine::vllm, "max-num-seqs", "1", false},
      Row{Engine::vllm, "kv-cache-dtype", "auto", false});
  WorkloadRequest request;
  request.context = 4096;
  request.sequences = 2;
  request.kv_type = row.engine == Engine::vllm ? "fp8" : "q8_0";
  request.settings = {{row.flag, row.value}};
  const auto workload = make(llama3_8b(), row.engine, request);
  INFO(row.flag << "=" << row.value);
  CHECK(workload.has_value() == row.good);
  if (!row.good) CHECK(workload.error().code == ErrorCode::usage);
}

TEST_CASE("flags are unknown, ill-valued, or known and not computed", "[workload]") {
  struct Row {
    Engine engine;
    std::string flag;
    std::string value;
    ErrorCode code;
  };
  const auto row =
      GENERATE(Row{Engine::llama_cpp, "ubatch-sise", "512", ErrorCode::usage},
               Row{Engine::llama_cpp, "max-model-len", "512", ErrorCode::usage},
               Row{Engine::params, "parallel", "2", ErrorCode::usage},
               Row{Engine::llama_cpp, "ubatch-size", "0", ErrorCode::invalid_value},
               Row{Engine::llama_cpp, "ubatch-size", "many", ErrorCode::invalid_value},
               Row{Engine::llama_cpp, "kv-unified", "maybe", ErrorCode::invalid_value},
               Row{Engine::vllm, "gpu-memory-utilization", "1.5", ErrorCode::invalid_value},
               Row{Engine::vllm, "gpu-memory-utilization", "0", ErrorCode::invalid_value},
               Row{Engine::llama_cpp, "n-gpu-layers", "some", ErrorCode::invalid_value},
               Row{Engine::llama_cpp, "n-cpu-moe", "-4", ErrorCode::invalid_value},
               Row{Engine::llama_cpp, "split-mode", "row", ErrorCode::unsupported},
               Row{Engine::llama_cpp, "tensor-split", "3,-1", ErrorCode::invalid_value},
               Row{Engine::llama_cpp, "override-tensor", "blk\\.1\\.=CPU", ErrorCode::unsupported},
               Row{Engine::vllm, "cpu-offload-gb", "much", ErrorCode::invalid_value},
               Row{Engine::vllm, "data-parallel-size", "0", ErrorCode::invalid_value},
               Row{Engine::vllm, "vllm-pp-layer-partition", "20,x", ErrorCode::invalid_value},
               Row{Engine::vllm, "decode-context-parallel-size", "9000", ErrorCode::invalid_value},
               Row{Engine::vllm, "max-model-len", "0", ErrorCode::invalid_value},
               Row{Engine::vllm, "block-size", "17", ErrorCode::invalid_value},
               Row{Engine::vllm, "kv-cache-memory-bytes", "much", ErrorCode::invalid_value},
               Row{Engine::vllm, "version", "1.0", ErrorCode::invalid_value},
               Row{Engine::transformers, "version", "3.2", ErrorCode::invalid_value},
               Row{Engine::transformers, "attn-implementation", "flex", ErrorCode::invalid_value});
  const auto workload = make(llama3_8b(), row.engine, with({{row.flag, row.value}}));
  INFO(row.flag << "=" << row.value);
  REQUIRE_FALSE(workload.has_value());
  CHECK(workload.error().code == row.code);
  CHECK_FALSE(workload.error().message.empty());
}

TEST_CASE("an unknown flag names the near ones, or the engine that has it", "[workload]") {
  const auto near = make(llama3_8b(), Engine::llama_cpp, with({{"ubatch-sise", "512"}}));
  REQUIRE_FALSE(near.has_value());
  CHECK(near.error().hint.find("ubatch-size") != std::string::npos);
  const auto other = make(llama3_8b(), Engine::llama_cpp, with({{"enforce-eager", "1"}}));
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().hint.find("vllm") != std::string::npos);
}

TEST_CASE("llama.cpp's own refusals are refused here", "[workload]") {
  WorkloadRequest quantized;
  quantized.kv_type = "q8_0";
  SECTION("a quantized V cache needs flash attention") {
    quantized.settings = {{"flash-attn", "off"}};
    CHECK_FALSE(make(llama3_8b(), Engine::llama_cpp, quantized).has_value());
    quantized.kv_type = "q8_0/f16";
    CHECK(make(llama3_8b(), Engine::llama_cpp, quantized).has_value());
  }
  SECTION("which llama.cpp switches on for it, but for Grok") {
    auto model = llama3_8b();
    for (auto& layer : model.layers) layer.head_dim = 96, layer.value_head_dim = 64;
    CHECK(make(model, Engine::llama_cpp, quantized).has_value());
    model.architecture = "grok";
    CHECK_FALSE(make(model, Engine::llama_cpp, quantized).has_value());
  }
  SECTION("heads must hold whole blocks") {
    auto model = llama3_8b();
    for (auto& layer : model.layers) layer.head_dim = layer.value_head_dim = 80;
    CHECK_FALSE(make(model, Engine::llama_cpp, quantized).has_value());
    CHECK(make(model, Engine::llama_cpp, {}).has_value());
  }
  SECTION("a latent cache has one type") {
    CHECK(make(deepseek_v3(), Engine::llama_cpp, quantized).has_value());
    quantized.kv_type = "q8_0/f16";
    CHECK_FALSE(make(deepseek_v3(), Engine::llama_cpp, quantized).has_value());
  }
}
