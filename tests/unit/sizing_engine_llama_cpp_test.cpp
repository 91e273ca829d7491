// SPDX-License-Identifier: MIT
// Expected bytes are llama.cpp's own allocation plans (v0.5.0, CUDA 8.9, few outputs).
#include "catch.hpp"
#include "sizing/parts.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

Model named(std::string_view name) {
  if (name == "tinyllama") return tinyllama();
  if (name == "llama3-8b") return llama3_8b();
  if (name == "gemma3-27b") return gemma3_27b();
  return deepseek_v3();
}

std::int64_t compute(const Model& model, const Workload& workload, Stage stage = {}) {
  return compute_bytes(model, workload, stage, std::nullopt).value_or(Bytes{0}).count();
}

}  // namespace

TEST_CASE("the compute buffer of one card is the engine's, to the byte", "[llama.cpp]") {
  struct Row {
    std::string_view model;
    std::int64_t context;
    std::int64_t ubatch;
    std::int64_t bytes;
  };
  const auto row = GENERATE(
      Row{"tinyllama", 8192, 512, 55'584'896}, Row{"tinyllama", 32768, 2048, 323'002'496},
      Row{"llama3-8b", 8192, 512, 121'645'184}, Row{"llama3-8b", 131072, 512, 247'474'304},
      Row{"gemma3-27b", 8192, 512, 172'509'312}, Row{"gemma3-27b", 131072, 512, 298'338'432},
      Row{"deepseek-v3", 8192, 512, 406'853'760}, Row{"deepseek-v3", 32768, 2048, 1'728'077'952});
  auto workload = workload_of(Engine::llama_cpp, row.context);
  workload.llama_cpp.ubatch = row.ubatch;
  INFO(row.model << " at " << row.context);
  CHECK(compute(named(row.model), workload) == row.bytes);
}

TEST_CASE("the pinned buffer beside it is the engine's, to the byte", "[llama.cpp]") {
  struct Row {
    std::string_view model;
    std::int64_t context;
    std::int64_t bytes;
  };
  const auto row =
      GENERATE(Row{"tinyllama", 8192, 16'789'536}, Row{"llama3-8b", 8192, 25'178'144},
               Row{"gemma3-27b", 131072, 157'831'200}, Row{"deepseek-v3", 8192, 37'756'960});
  const auto model = named(row.model);
  const auto widths = sizing::widths_of(model);
  const auto workload = workload_of(Engine::llama_cpp, row.context);
  const auto host = sizing::host_bytes(model, widths, workload, Weights{});
  const auto output_buffer = 4 * model.arch.vocab_size;
  INFO(row.model);
  CHECK(host.count() == row.bytes + output_buffer);
}

TEST_CASE("layer split keeps four copies of the graph's inputs", "[llama.cpp]") {
  auto workload = workload_of(Engine::llama_cpp, 4096, 4);
  workload.llama_cpp.kv_unified = true;
  CHECK(compute(tinyllama(), workload, {0, 2, 1}) == 131'112'960);
  CHECK(compute(tinyllama(), workload, {1, 2, 1}) == 147'890'688);
  CHECK(compute(llama3_8b(), workload, {0, 2, 1}) == 213'950'464);
  CHECK(compute(llama3_8b(), workload, {1, 2, 1}) == 247'505'408);
  // A device in the middle needs what the last one does, but no logits.
  const auto middle = compute(llama3_8b(), workload, {1, 3, 1});
  CHECK(middle > compute(llama3_8b(), workload, {0, 3, 1}));
  CHECK(middle <= compute(llama3_8b(), workload, {2, 3, 1}));
}

TEST_CASE("a quantized cache is converted one layer at a time", "[llama.cpp]") {
  auto workload = workload_of(Engine::llama_cpp, 32768);
  const auto plain = compute(llama3_8b(), workload);
  workload.cache_k = workload.cache_v = TensorType::q8_0;
  // 2 x 32,768 x 2,048 for the copy, 4 x 512 x 16,384 operands, masks, indices, two rotations
  CHECK(compute(llama3_8b(), workload) ==
        134'217'728 + 33'554'432 + 33'554'432 + 10'240 + 128 + 65'536 + 16'384);
  CHECK(compute(llama3_8b(), workload) > plain);
}

TEST_CASE("flash attention is off on CUDA for heads without a kernel", "[llama.cpp]") {
  struct Row {
    int head;
    int value_head;
    int kv_heads;  // of 32 query heads
    FlashAttention set;
    bool used;
  };
  const auto row = GENERATE(Row{128, 128, 4, FlashAttention::automatic, true},
                            Row{32, 32, 4, FlashAttention::automatic, false},
                            Row{192, 128, 32, FlashAttention::automatic, false},
                            Row{192, 128, 4, FlashAttention::automatic, true},
                            Row{96, 64, 4, FlashAttention::automatic, false},
                            Row{32, 32, 4, FlashAttention::on, true},
                            Row{128, 128, 4, FlashAttention::off, false});
  auto model = tinyllama();
  for (auto& layer : model.layers) {
    layer.head_dim = row.head;
    layer.value_head_dim = row.value_head;
    layer.kv_heads = row.kv_heads;
  }
  auto workload = workload_of(Engine::llama_cpp);
  workload.llama_cpp.flash_attention = row.set;
  CHECK(sizing::llama_cpp::uses_flash_attention(sizing::widths_of(model), workload) == row.used);
}

TEST_CASE("without flash attention the scores of all heads are kept", "[llama.cpp]") {
  auto workload = workload_of(Engine::llama_cpp, 8192);
  workload.llama_cpp.flash_attention = FlashAttention::off;
  const std::int64_t scores = 4LL * 512 * 32 * 8192;
  CHECK(compute(llama3_8b(), workload) > scores);
  CHECK(compute(llama3_8b(), workload) < scores + mib(100).count());
}

TEST_CASE("the physical batch follows context, settings and sequences", "[llama.cpp]") {
  struct Row {
    std::int64_t context;
    std::int64_t sequences;
    std::int64_t batch;
    std::int64_t ubatch;
    std::int64_t tokens;
  };
  const auto row = GENERATE(Row{4096, 1, 2048, 512, 512}, Row{100, 1, 2048, 512, 100},
                            Row{4096, 3, 2048, 512, 513}, Row{4096, 1, 64, 512, 64},
                            Row{4096, 600, 2048, 512, 600});
  auto workload = workload_of(Engine::llama_cpp, row.context, row.sequences);
  workload.llama_cpp.batch = row.batch;
  workload.llama_cpp.ubatch = row.ubatch;
  const auto batch = sizing::llama_cpp::batch_of(tinyllama(), workload);
  CHECK(batch.tokens == row.tokens);
  CHECK(batch.outputs == row.sequences);
}
