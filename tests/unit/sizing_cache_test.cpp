// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

std::int64_t cache_of(const Model& model, const Workload& workload) {
  Bytes sum;
  for (const auto& layer : model.layers) sum += kv_cache_bytes(model, layer, workload);
  return sum.count();
}

Workload with_types(TensorType k, TensorType v, std::int64_t context = 4096) {
  auto workload = workload_of(Engine::llama_cpp, context);
  workload.cache_k = k;
  workload.cache_v = v;
  return workload;
}

}  // namespace

TEST_CASE("llama.cpp's cache is cells x streams x rows", "[cache]") {
  struct Row {
    std::int64_t context;
    std::int64_t sequences;
    bool unified;
    std::int64_t bytes;
  };
  // 40 layers x (5,120 + 5,120) x 2 bytes = 819,200 bytes a cell
  const auto row = GENERATE(Row{4096, 1, false, 3'355'443'200}, Row{4096, 2, false, 6'710'886'400},
                            Row{100, 1, false, 819'200 * 256}, Row{100, 3, false, 819'200 * 768},
                            Row{100, 3, true, 819'200 * 512}, Row{257, 1, false, 819'200 * 512});
  auto workload = workload_of(Engine::llama_cpp, row.context, row.sequences);
  workload.llama_cpp.kv_unified = row.unified;
  INFO(row.context << " x " << row.sequences << (row.unified ? " unified" : ""));
  CHECK(cache_of(llama2_13b(), workload) == row.bytes);
}

TEST_CASE("a quantized cache counts blocks and CUDA's row tail", "[cache]") {
  CHECK(cache_of(llama2_13b(), with_types(TensorType::q8_0, TensorType::q8_0)) ==
        40LL * 2 * 4096 * (5120 / 32 * 34));
  CHECK(cache_of(llama2_13b(), with_types(TensorType::q8_0, TensorType::f16)) ==
        40LL * 4096 * (5120 / 32 * 34 + 5120 * 2));
  // Rows of 256 are padded by one half row per tensor, to 128 bytes: read from the engine's plan.
  CHECK(cache_of(tinyllama(), with_types(TensorType::q8_0, TensorType::q8_0, 32768)) ==
        392'184'320);
  CHECK(cache_of(tinyllama(), with_types(TensorType::q4_0, TensorType::q4_0, 32768)) ==
        207'629'312);
}

TEST_CASE("windowed layers keep window and micro-batch", "[cache]") {
  const auto model = gemma3_27b();
  auto workload = workload_of(Engine::llama_cpp, 32768);
  CHECK(cache_of(model, workload) == 3'338'665'984);  // the engine's own plan
  workload.llama_cpp.ubatch = 2048;
  CHECK(cache_of(model, workload) == 3'992'977'408);
  workload.llama_cpp.swa_full = true;
  CHECK(cache_of(model, workload) == 62LL * 8192 * 32768);
  auto several = workload_of(Engine::llama_cpp, 4096, 4);
  several.llama_cpp.kv_unified = true;
  CHECK(cache_of(model, several) == 3'305'111'552);
}

TEST_CASE("llama.cpp ignores a window that all layers share", "[cache]") {
  CHECK(cache_of(phi3_mini(), workload_of(Engine::llama_cpp)) == 32LL * 12288 * 4096);
}

TEST_CASE("latent attention keeps one row of rank and rope", "[cache]") {
  const auto model = deepseek_v3();
  CHECK(cache_of(model, workload_of(Engine::llama_cpp)) == 61LL * 576 * 2 * 4096);
  CHECK(cache_of(model, workload_of(Engine::vllm)) == 61LL * 576 * 2 * 4096);
  // transformers stores what the heads see: 128 x (192 + 128) elements a layer
  CHECK(cache_of(model, workload_of(Engine::transformers)) == 61LL * 128 * 320 * 2 * 4096);
}

TEST_CASE("vLLM keeps whole blocks, and on windowed layers the tokens in flight", "[cache]") {
  CHECK(cache_of(llama2_13b(), workload_of(Engine::vllm, 4097)) == 819'200LL * 4112);
  // ceil((1,023 + 2 x 2,048) / 16) + 1 = 321 blocks on each of 52 windowed layers and on the eight
  // that fill the last of their six groups of ten; each layer's share of those is rounded up
  const auto gemma = cache_of(gemma3_27b(), workload_of(Engine::vllm, 32768));
  const auto pages = 8192LL * (60 * 321 * 16 + 10 * 32768);
  CHECK((gemma >= pages && gemma < pages + 62));
  auto fp8 = workload_of(Engine::vllm);
  fp8.cache_k = fp8.cache_v = TensorType::fp8;
  CHECK(cache_of(llama2_13b(), fp8) == 3'355'443'200 / 2);
}

TEST_CASE("transformers crops windowed layers, the params rule knows no window", "[cache]") {
  const auto model = gemma3_27b();
  CHECK(cache_of(model, workload_of(Engine::transformers, 32768)) ==
        8192LL * (52 * 1024 + 10 * 32768));
  CHECK(cache_of(model, workload_of(Engine::params, 32768)) == 8192LL * 62 * 32768);
}

TEST_CASE("without flash attention V is as wide as the widest layer", "[cache]") {
  auto model = tinyllama();
  model.layers.front().kv_heads = 8;
  auto workload = workload_of(Engine::llama_cpp, 256);
  const std::int64_t with = cache_of(model, workload);
  workload.llama_cpp.flash_attention = FlashAttention::off;
  CHECK(cache_of(model, workload) - with == 21LL * (8 - 4) * 64 * 2 * 256);
}

TEST_CASE("encoders and layers that share a cache keep nothing", "[cache]") {
  CHECK(cache_of(bert_base(), workload_of(Engine::llama_cpp, 512)) == 0);
  auto model = llama2_13b();
  for (std::size_t i = 20; i < model.layers.size(); ++i) model.layers[i].caches = false;
  CHECK(cache_of(model, workload_of(Engine::llama_cpp)) == 3'355'443'200 / 2);
}
