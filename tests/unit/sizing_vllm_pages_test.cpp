// SPDX-License-Identifier: MIT
// Pages and groups of vLLM's cache, with figures that start-up logs and its source name.
#include "catch.hpp"
#include "sizing/engine_state.hpp"
#include "sizing/vllm_pages.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;
using llmfit::sizing::vllm::Pages;

namespace {

Workload of_version(std::int32_t version, std::int64_t context) {
  auto workload = workload_of(Engine::vllm, context);
  workload.cache_k = workload.cache_v = TensorType::bf16;
  workload.vllm.version = version;
  return workload;
}

/// gpt-oss-20b: every other layer has a window of 128.
Model gpt_oss() {
  auto model = dense_model({"gpt-oss", 24, 2880, 201088, 64, 8, 64, 2880, 131072});
  for (std::size_t i = 0; i < model.layers.size(); i += 2) {
    model.layers[i].kind = LayerKind::sliding;
    model.layers[i].window = 128;
  }
  return model;
}

/// Qwen3-Next 80B: three layers of linear attention, then one that keeps keys and values.
Model qwen3_next() {
  auto model = dense_model({"qwen3next", 48, 2048, 151936, 16, 2, 256, 0, 262144});
  model.arch.linear_attention =
      LinearAttention{LinearKind::gated_delta, 16, 32, 128, 128, 4, false, false};
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    if (i % 4 == 3) continue;
    model.layers[i] = {};
    model.layers[i].kind = LayerKind::linear_attention;
  }
  return model;
}

}  // namespace

TEST_CASE("layers of one kind are one group in blocks of 16 tokens", "[pages]") {
  const auto model = llama3_8b();
  const auto workload = of_version(27, 100);
  const Pages pages(model, workload, 1);
  CHECK(pages.groups() == 1);
  CHECK(pages.group_size() == 32);
  CHECK(pages.smallest_block() == 16);
  CHECK(pages.blocks(100) == 7);
  CHECK(pages.block_bytes(32, 32) == Bytes{16LL * 131072});
  CHECK(pages.block_bytes(8, 32) == Bytes{16LL * 131072 / 4});
  CHECK(pages.cache(model.layers[0]) == Bytes{7LL * 16 * 4096});
}

TEST_CASE("a rank holds its KV heads, and one of them where it has less than one", "[pages]") {
  const auto model = llama3_8b();
  const auto workload = of_version(27, 16);
  const auto ranks = GENERATE(1, 2, 8, 16);
  const Pages pages(model, workload, ranks);
  CHECK(pages.cache(model.layers[0]) == Bytes{16LL * 4096 / std::min(ranks, 8)});
}

TEST_CASE("groups are as large as the rarer kind, unless both are nearly as many", "[pages]") {
  const auto model = gemma3_27b();  // 52 windowed layers, 10 that see everything
  const auto workload = of_version(27, 28900);
  const Pages pages(model, workload, 2);
  CHECK(pages.group_size() == 10);
  CHECK(pages.groups() == 7);  // 52 layers are six groups, eight of them padding
  const auto oss = gpt_oss();
  CHECK(Pages(oss, workload, 1).groups() == 2);
  CHECK(Pages(oss, workload, 1).group_size() == 12);
}

TEST_CASE("a kind that is a third more common shares groups since v0.16", "[pages]") {
  auto model = gpt_oss();
  model.layers[0].kind = model.layers[2].kind = LayerKind::full;
  model.layers[0].window = model.layers[2].window = 0;  // 10 windowed, 14 full
  const auto now = of_version(16, 1024);
  CHECK(Pages(model, now, 1).group_size() == 14);
  const auto before = of_version(11, 1024);
  CHECK(Pages(model, before, 1).group_size() == 10);
}

TEST_CASE("a windowed layer keeps its window and the tokens in flight", "[pages]") {
  // Concurrency printed for gpt-oss-20b by v0.11 on a Radeon: 41,776 blocks / 2,185 = 19.12.
  const auto model = gpt_oss();
  auto workload = of_version(11, 32768);
  CHECK(Pages(model, workload, 1).blocks(32768) == 2048 + 137);
  workload.vllm.version = 22;  // two batches are in flight
  CHECK(Pages(model, workload, 1).blocks(32768) == 2048 + 265);
  workload.vllm.max_num_batched_tokens = 8192;
  CHECK(Pages(model, workload, 1).blocks(32768) == 2048 + 1033);
  workload.vllm.hybrid_cache = false;
  CHECK(Pages(model, workload, 1).blocks(32768) == 2048);
  workload.vllm.hybrid_cache = true;
  workload.vllm.version = 9;
  CHECK(Pages(model, workload, 1).groups() == 1);
}

TEST_CASE("a chunked layer does not straddle a block", "[pages]") {
  auto model = gpt_oss();
  for (auto& layer : model.layers) {
    if (layer.window == 0) continue;
    layer.kind = LayerKind::chunked;
    layer.window = 8192;
  }
  const auto workload = of_version(22, 65536);
  CHECK(Pages(model, workload, 1).blocks(65536) == 4096 + (8192 + 4096) / 16);
}

TEST_CASE("smaller pages get more tokens where they divide the largest", "[pages]") {
  // gemma-4-12b on two ranks: 4 KV heads of 256 with windows, one of 512 without.
  auto model = gemma3_27b();
  for (auto& layer : model.layers) {
    const bool full = layer.window == 0;
    layer.kv_heads = full ? 1 : 8;
    layer.head_dim = layer.value_head_dim = full ? 512 : 256;
  }
  const auto workload = of_version(22, 131072);
  const Pages pages(model, workload, 2);
  // 4,096 blocks of 32 tokens, and six groups of ceil((1,023 + 4,096) / 16) + 1 blocks
  CHECK(pages.blocks(131072) == 4096 + 6 * 321);
  CHECK(pages.smallest_block() == 16);
}

TEST_CASE("attention blocks grow until a page holds a state", "[pages]") {
  // Qwen3-Next on two ranks: 548,864 bytes of state, 1,024 a token, blocks of 544 tokens; v0.11
  // printed a concurrency of 33.47 = 1,138 / (31 + 3) at 16,384 tokens.
  const auto model = qwen3_next();
  auto workload = of_version(11, 16384);
  const Pages pages(model, workload, 2);
  CHECK(sizing::vllm::unpadded_state(model, model.layers[0], 2) == Bytes{548'864});
  CHECK(pages.smallest_block() == 544);
  CHECK(pages.group_size() == 12);
  CHECK(pages.groups() == 4);
  CHECK(pages.blocks(16384) == 31 + 3);
  CHECK(pages.state(model.layers[0]) == Bytes{544 * 1024});
  CHECK(pages.cache(model.layers[0]) == Bytes{0});
  workload.vllm.version = 24;  // prefix caching keeps a second state
  CHECK(pages.blocks(16384) == 31 + 6);
  workload.vllm.prefix_caching = false;
  CHECK(pages.blocks(16384) == 31 + 3);
}

TEST_CASE("the latent of DeepSeek is whole on every rank, in blocks of 64", "[pages]") {
  const auto model = deepseek_v3();
  auto workload = of_version(27, 65);
  const auto ranks = GENERATE(1, 8);
  CHECK(Pages(model, workload, ranks).cache(model.layers[0]) == Bytes{2LL * 64 * 576 * 2});
}

TEST_CASE("sparse latent attention keeps 656 bytes a token in 8 bits, and its indexer's keys",
          "[pages]") {
  auto model = deepseek_v3();
  model.arch.indexer = Indexer{64, 128};
  for (auto& layer : model.layers) layer.indexed = true;
  auto workload = of_version(27, 64);
  CHECK(Pages(model, workload, 8).cache(model.layers[0]) == Bytes{64LL * (1152 + 132)});
  workload.cache_k = workload.cache_v = TensorType::fp8;
  CHECK(Pages(model, workload, 8).cache(model.layers[0]) == Bytes{64LL * (656 + 132)});
}

TEST_CASE("a block size that was set is taken", "[pages]") {
  const auto model = llama3_8b();
  auto workload = of_version(27, 100);
  workload.vllm.block_size = 128;
  CHECK(Pages(model, workload, 1).blocks(100) == 1);
}
