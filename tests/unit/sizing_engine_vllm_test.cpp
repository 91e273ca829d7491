// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "sizing/engine_values.hpp"
#include "sizing/engine_vllm.hpp"
#include "sizing/vllm_experts.hpp"
#include "sizing/vllm_rotary.hpp"
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
  workload.vllm.platform = Platform::cuda_a100;
  CHECK(vllm::scheduler(workload, gib(79)).tokens == 2048);
  workload.vllm = {};
  workload.vllm.version = 8;
  CHECK(vllm::scheduler(workload, gib(79)).sequences == 256);
  workload.vllm = {};
  workload.vllm.max_num_batched_tokens = 512;
  workload.vllm.max_num_seqs = 1000;
  CHECK(vllm::scheduler(workload, gib(79)).tokens == 512);
  CHECK(vllm::scheduler(workload, gib(79)).sequences == 512);
}

TEST_CASE("rules are those of the newest version that is not newer than the one named", "[vllm]") {
  struct Row {
    std::int32_t version;
    double utilization;
    std::int64_t logit;
    bool graphs;
    std::int64_t batches;
  };
  const auto row =
      GENERATE(Row{7, 0.9, 38, false, 1}, Row{12, 0.9, 38, false, 1}, Row{20, 0.9, 16, false, 1},
               Row{21, 0.92, 16, true, 2}, Row{newest_vllm, 0.92, 16, true, 2});
  VllmSettings settings;
  settings.version = row.version;
  const auto& rules = vllm::rules_of(settings);
  CHECK(rules.utilization == row.utilization);
  CHECK(rules.bytes_per_logit == row.logit);
  CHECK(rules.counts_graphs == row.graphs);
  CHECK(rules.batches == row.batches);
}

TEST_CASE("the profiling peak meets start-up logs of v0.11 on an H100", "[vllm]") {
  // Llama 3.1 8B printed 4.76 GiB with PyTorch's sort as sampler.
  const auto model = llama3_8b();
  auto workload = workload_of(Engine::vllm);
  workload.vllm.version = 11;
  const auto bytes = vllm::compute(model, sizing::widths_of(model), workload, {}, gib(79));
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
  // 2 bytes x 8,192 tokens x (3 x 4,096 + 3 x 14,336)
  CHECK(*first == Bytes{2LL * 8192 * (3 * 4096 + 3 * 14336)});
}

TEST_CASE("ranks divide the widths of a block, experts only where they are cut", "[vllm]") {
  const auto workload = workload_of(Engine::vllm);
  const auto two = compute_bytes(llama3_8b(), workload, {0, 2, 2}, gib(24));
  CHECK(two == Bytes{2LL * 2048 * (3 * 4096 + 3 * 14336 / 2)});
  auto whole = workload;
  whole.vllm.expert_parallel = true;
  CHECK(compute_bytes(deepseek_v3(), whole, {0, 2, 8}, gib(140)) >
        compute_bytes(deepseek_v3(), workload, {0, 2, 8}, gib(140)));
}

TEST_CASE("a vision tower adds its outputs to the peak", "[vllm]") {
  auto model = llama3_8b();
  const auto workload = workload_of(Engine::vllm);
  const auto without = compute_bytes(model, workload, {0, 1, 1}, gib(24));
  model.towers.push_back({"vision", Elements{400'000'000}});
  CHECK(compute_bytes(model, workload, {0, 1, 1}, gib(24)) == *without + mib(256));
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

TEST_CASE("rotary tables have a row for each position", "[vllm]") {
  CHECK(vllm::rotary_tables(llama3_8b()) == Bytes{8192LL * 128 * 2});
  // gemma-3's full layers are scaled by 8, its windows rotate at a base of their own
  CHECK(vllm::rotary_tables(gemma3_27b()) == Bytes{131072LL * 128 * 2 * (8 + 1)});
  CHECK(vllm::rotary_tables(deepseek_v3()) == Bytes{163840LL * 64 * 2});
  CHECK(vllm::rotary_tables(bert_base()) == Bytes{0});
  auto learned = llama3_8b();
  learned.arch.position_embeddings = 2048;
  CHECK(vllm::rotary_tables(learned) == Bytes{0});
}

TEST_CASE("kernels of mxfp4 pad an expert each in its own way", "[vllm]") {
  auto model = dense_model({"gpt-oss", 24, 2880, 201088, 64, 8, 64, 0, 131072});
  model.arch.experts = Experts{};
  model.arch.experts->ffn_size = 2880;
  struct Row {
    Platform platform;
    std::int64_t ranks;
    double width;
    double hidden;
  };
  const auto row = GENERATE(
      Row{Platform::cuda, 1, 2944, 3072}, Row{Platform::cuda_a100, 1, 2944, 3072},
      Row{Platform::cuda_hopper, 1, 2880, 3072}, Row{Platform::cuda_blackwell, 1, 3072, 3072},
      Row{Platform::rocm, 1, 3072, 3072}, Row{Platform::cuda, 8, 3072, 3072});
  const double expected = row.width * row.hidden / (2880.0 * 2880.0);
  CHECK(std::abs(vllm::expert_padding(model, row.platform, row.ranks) - expected) < 1e-9);
}

TEST_CASE("CUDA graphs are inside the budget since v0.21 unless execution is eager", "[vllm]") {
  auto workload = workload_of(Engine::vllm);
  const auto graphs = vllm::graphs(workload);
  CHECK(graphs.low < graphs.bytes);
  CHECK(graphs.bytes < graphs.high);
  workload.vllm.enforce_eager = true;
  CHECK(vllm::graphs(workload).bytes == Bytes{0});
  workload.vllm.enforce_eager = false;
  workload.vllm.version = 20;
  CHECK(vllm::graphs(workload).bytes == Bytes{0});
}

TEST_CASE("ROCm keeps more outside PyTorch than CUDA", "[vllm]") {
  auto workload = workload_of(Engine::vllm);
  const auto engine = engine_record(Engine::vllm);
  CHECK(vllm::non_torch(workload, engine).bytes == mib(200));
  CHECK(vllm::runtime_on(workload, mib(610)) == mib(610));
  workload.vllm.platform = Platform::rocm;
  CHECK(vllm::non_torch(workload, engine).bytes > mib(500));
  CHECK(vllm::runtime_on(workload, mib(610)) ==
        vllm::non_torch(workload, engine).bytes + vllm::graphs(workload).bytes);
  CHECK(vllm::communication(workload) == Bytes{0});
}

TEST_CASE("NCCL's buffers are charged to the share before v0.21 only", "[vllm]") {
  auto workload = workload_of(Engine::vllm);
  const auto now = vllm::communication(workload);
  workload.vllm.version = 20;
  CHECK(vllm::communication(workload) == mib(410));
  CHECK(now < mib(200));
}

TEST_CASE("versions and byte counts are read as the engines write them", "[vllm]") {
  CHECK(sizing::parse_minor("0.12", "0") == 12);
  CHECK(sizing::parse_minor("v0.21.0", "0") == 21);
  CHECK(sizing::parse_minor("4.44.2", "4") == 44);
  CHECK_FALSE(sizing::parse_minor("0.x", "0"));
  CHECK_FALSE(sizing::parse_minor("12", "0"));
  CHECK_FALSE(sizing::parse_minor("1.2", "0"));
  CHECK_FALSE(sizing::parse_minor("0.100", "0"));
  CHECK(sizing::parse_bytes("8589934592") == gib(8));
  CHECK(sizing::parse_bytes("8Gi") == gib(8));
  CHECK(sizing::parse_bytes("8G") == Bytes{8'000'000'000});
  CHECK_FALSE(sizing::parse_bytes("0"));
  CHECK_FALSE(sizing::parse_bytes("-1G"));
  CHECK_FALSE(sizing::parse_bytes("much"));
  CHECK_FALSE(sizing::parse_bytes("9223372036854775807Gi"));
}
