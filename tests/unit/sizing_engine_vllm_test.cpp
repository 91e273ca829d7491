// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "sizing/engine_vllm.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;
namespace vllm = llmfit::sizing::vllm;

TEST_CASE("a server's step depends on the card and on what was set", "[vllm]") {
  auto workload = workload_of(Engine::vllm);
  CHECK(vllm::scheduler(workload, std::nullopt).tokens == 2048);
  CHECK(vllm::scheduler(workload, std::nullopt).sequences == 256);
  CHECK(vllm::scheduler(workload, gib(79)).tokens == 8192);
  CHECK(vllm::scheduler(workload, gib(79)).sequences == 1024);
  CHECK(vllm::scheduler(workload, gib(69)).tokens == 2048);
  workload.vllm.max_num_batched_tokens = 512;
  workload.vllm.max_num_seqs = 1000;
  CHECK(vllm::scheduler(workload, gib(79)).tokens == 512);
  CHECK(vllm::scheduler(workload, gib(79)).sequences == 512);
}

TEST_CASE("the profiling peak meets start-up logs of v0.11 on an H100", "[vllm]") {
  // Llama 3.1 8B printed 4.76 GiB with PyTorch's sort as sampler.
  auto model = llama3_8b();
  const auto widths = sizing::widths_of(model);
  const auto bytes =
      vllm::compute(model, widths, workload_of(Engine::vllm), {}, gib(79), vllm::sampler_high);
  const auto gibibytes = static_cast<double>(bytes.count()) / 1073741824.0;
  CHECK(gibibytes > 4.70);
  CHECK(gibibytes < 4.80);
}

TEST_CASE("only the last stage samples", "[vllm]") {
  const auto model = llama3_8b();
  const auto workload = workload_of(Engine::vllm);
  const auto first = compute_bytes(model, workload, {0, 2, 1}, gib(79));
  const auto last = compute_bytes(model, workload, {1, 2, 1}, gib(79));
  REQUIRE((first && last));
  CHECK(*first < *last);
  // 2 bytes x 8,192 tokens x (2 x 4,096 + 3 x 14,336)
  CHECK(*first == Bytes{2LL * 8192 * (2 * 4096 + 3 * 14336)});
}

TEST_CASE("ranks divide the widths of a block", "[vllm]") {
  const auto model = llama3_8b();
  const auto workload = workload_of(Engine::vllm);
  const auto two = compute_bytes(model, workload, {0, 2, 2}, gib(24));
  CHECK(two == Bytes{2LL * 2048 * (3 * 4096 + 3 * 14336 / 2)});
}

TEST_CASE("latent attention is cached in blocks of 64 tokens", "[vllm]") {
  const auto workload = workload_of(Engine::vllm, 65);
  CHECK(vllm::cached_tokens(workload, LayerKind::mla, 0) == 128);
  CHECK(vllm::cached_tokens(workload, LayerKind::full, 0) == 80);
}

TEST_CASE("vLLM keeps the halves of DeepSeek's kv_b beside it", "[vllm]") {
  const auto model = deepseek_v3();  // without tensors: what is added stands alone
  Format format;
  format.engine = Engine::vllm;
  const auto weights = weigh(model, format);
  REQUIRE(weights.has_value());
  CHECK(weights->blocks[0].sharded == Bytes{128LL * 256 * 512 * 2});
  CHECK(weights->basis == Basis::exact);
  format.scheme = Scheme{.millibits = 4000, .group = 32, .scale_bits = 8, .experts_only = true};
  CHECK(weigh(model, format)->basis == Basis::estimate);
  format.engine = Engine::transformers;
  CHECK(weigh(model, format)->blocks[0].sharded == Bytes{0});
}

TEST_CASE("CUDA graphs are inside the budget unless execution is eager", "[vllm]") {
  auto workload = workload_of(Engine::vllm);
  const auto engine = engine_record(Engine::vllm);
  const auto graphs = vllm::runtime(workload, engine);
  workload.vllm.enforce_eager = true;
  const auto eager = vllm::runtime(workload, engine);
  CHECK(eager.bytes == mib(200));
  CHECK(graphs.bytes > eager.bytes);
  CHECK(graphs.low < graphs.bytes);
  CHECK(graphs.bytes < graphs.high);
}
