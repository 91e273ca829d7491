// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "placement/stages.hpp"
#include "support/hand_models.hpp"

using namespace llmfit;
using namespace llmfit::test;

namespace {

/// Plain storage, or four bits in groups of so many inputs.
Format format_of(std::int32_t group) {
  Format format;
  format.engine = Engine::vllm;
  if (group > 0) format.scheme = Scheme{.millibits = 4000, .group = group};
  return format;
}
constexpr std::int32_t bf16 = 0;

SplitChoice choose(const Model& model, Engine engine, int count, int per_node,
                   std::int32_t group = bf16) {
  return choose_split(model, format_of(group), workload_of(engine), count, per_node);
}

}  // namespace

TEST_CASE("vLLM splits tensors where heads, widths, groups and vocabulary divide", "[split]") {
  struct Row {
    int heads;
    int kv_heads;
    int ffn;
    std::int64_t vocab;
    std::int32_t group;
    int count;
    int tensor;  // the rest is stages
  };
  const auto row = GENERATE(
      Row{32, 8, 14336, 128256, bf16, 8, 8},
      Row{32, 8, 14336, 128256, bf16, 16, 16},  // each KV head on two ranks
      Row{48, 12, 14336, 128256, bf16, 16, 4},  // 16 is no multiple of 12 KV heads
      Row{40, 40, 13824, 32000, bf16, 3, 1},    // heads
      Row{40, 40, 13824, 32000, bf16, 6, 2}, Row{40, 40, 13824, 32000, bf16, 8, 8},
      Row{40, 40, 13824, 32000, 128, 8, 4},  // 13,824 / 8 is not whole groups
      Row{40, 40, 13824, 32000, 128, 4, 4}, Row{36, 36, 9216, 32000, bf16, 9, 1});  // 32,000 rows
  const auto model =
      dense_model({"llama", 40, 5120, row.vocab, row.heads, row.kv_heads, 128, row.ffn, 4096});
  const auto choice = choose(model, Engine::vllm, row.count, row.count, row.group);
  INFO(row.heads << "/" << row.kv_heads << " heads on " << row.count);
  REQUIRE(choice.split.has_value());
  CHECK(choice.split->tensor == row.tensor);
  CHECK(choice.split->tensor * choice.split->pipeline == row.count);
}

TEST_CASE("latent attention has no KV heads to divide", "[split]") {
  const auto choice = choose(deepseek_v3(), Engine::vllm, 8, 8);
  REQUIRE(choice.split.has_value());
  CHECK(choice.split->tensor == 8);
}

TEST_CASE("across machines: tensors inside, layers between", "[split]") {
  const auto choice = choose(llama3_8b(), Engine::vllm, 16, 8);
  REQUIRE(choice.split.has_value());
  CHECK(choice.split->tensor == 8);
  CHECK(choice.split->pipeline == 2);
  CHECK(choice.split->nodes == 2);
}

TEST_CASE("parallel sizes that were set are obeyed, or refused", "[split]") {
  struct Row {
    std::optional<int> tensor;
    std::optional<int> pipeline;
    bool good;
    int expected_tensor;
  };
  const auto row = GENERATE(Row{2, 4, true, 2}, Row{4, std::nullopt, true, 4},
                            Row{std::nullopt, 8, true, 1}, Row{2, 2, false, 0},
                            Row{3, std::nullopt, false, 0}, Row{16, std::nullopt, false, 0});
  auto workload = workload_of(Engine::vllm);
  workload.vllm.tensor_parallel = row.tensor;
  workload.vllm.pipeline_parallel = row.pipeline;
  const auto choice = choose_split(llama3_8b(), format_of(bf16), workload, 8, 8);
  CHECK(choice.split.has_value() == row.good);
  if (choice.split) CHECK(choice.split->tensor == row.expected_tensor);
  if (!choice.split) CHECK(choice.reason == Reason::not_divisible);
}

TEST_CASE("a refused split says what does not divide", "[split]") {
  struct Row {
    int heads;
    int kv_heads;
    int ffn;
    std::int64_t vocab;
    std::int32_t group;
    std::optional<int> tensor;
    int count;
    std::string_view why;
  };
  const auto row = GENERATE_COPY(
      Row{32, 8, 14336, 128256, bf16, 3, 3, "its attention heads do not divide"},
      Row{48, 32, 14400, 128256, bf16, 3, 3, "its KV heads do not divide"},
      Row{36, 36, 9217, 32000, bf16, 9, 9, "the widths of its matrices do not divide"},
      Row{36, 36, 9216, 32000, bf16, 9, 9, "its vocabulary does not divide"},
      Row{40, 40, 13824, 32000, 128, 8, 8, "the format's groups of weights do not divide"},
      Row{32, 8, 14336, 128256, bf16, 2, 3,
          "the parallel sizes that were set do not multiply to them"},
      Row{31, 31, 14336, 128256, bf16, std::nullopt, 41, "it has fewer layers than that"},
      Row{32, 8, 14336, 128256, bf16, 8, 8, ""});
  const auto model =
      dense_model({"llama", 40, 5120, row.vocab, row.heads, row.kv_heads, 128, row.ffn, 4096});
  auto workload = workload_of(Engine::vllm);
  workload.vllm.tensor_parallel = row.tensor;
  const auto choice = choose_split(model, format_of(row.group), workload, row.count, row.count);
  CHECK(choice.why == row.why);
  CHECK(choice.split.has_value() == row.why.empty());
}

TEST_CASE("more ranks than KV heads hold copies of them", "[split]") {
  const auto workload = workload_of(Engine::vllm);
  const auto model = llama3_8b();  // 32 heads, 8 KV heads
  const auto choice = choose_split(model, format_of(bf16), workload, 16, 16);
  REQUIRE(choice.split.has_value());
  CHECK(choice.split->tensor == 16);
  const auto footprint = size(model, even_weights(model, mib(1), mib(1)), workload, Format{},
                              engine_record(Engine::vllm));
  REQUIRE(footprint.has_value());
  const auto devices = devices_of(16, gib(24));
  const auto loads = share(model, *footprint, workload, *choice.split, devices);
  REQUIRE(loads.size() == 16);
  CHECK(loads[0].kv_cache == Bytes{footprint->of(TermKind::kv_cache)->count() / 8});
}

TEST_CASE("whole layers cannot go to more devices than there are", "[split]") {
  const auto small = dense_model({"llama", 4, 4096, 128256, 31, 31, 128, 14336, 8192});
  CHECK(choose(small, Engine::llama_cpp, 5, 8).split.has_value());  // the output is a unit
  CHECK(choose(small, Engine::llama_cpp, 6, 8).reason == Reason::not_divisible);
  CHECK(choose(small, Engine::transformers, 4, 8).split.has_value());
  CHECK(choose(small, Engine::transformers, 5, 8).reason == Reason::not_divisible);
  CHECK(choose(small, Engine::vllm, 4, 8).split->pipeline == 4);
  CHECK(choose(small, Engine::vllm, 5, 8).reason == Reason::not_divisible);
}

TEST_CASE("transformers stays on one machine, the params rule divides by anything", "[split]") {
  CHECK(choose(llama3_8b(), Engine::transformers, 16, 8).reason == Reason::not_divisible);
  CHECK(choose(llama3_8b(), Engine::transformers, 16, 8).why ==
        "transformers splits inside one machine only");
  CHECK(choose(llama3_8b(), Engine::params, 7, 8).split->tensor == 7);
}

TEST_CASE("llama.cpp deals layers and the output by memory", "[split]") {
  // 22 layers and the output on two equal cards: 12, and 10 with the output.
  const auto devices = devices_of(2, gib(24));
  const auto stages = placement::stage_ranges(Engine::llama_cpp, 22, Split{1, 2, 1}, devices);
  REQUIRE(stages.size() == 2);
  CHECK(stages[0].last == 12);
  CHECK(stages[0].input);
  CHECK_FALSE(stages[0].output);
  CHECK(stages[1].first == 12);
  CHECK(stages[1].last == 22);
  CHECK(stages[1].output);
  // One card with three quarters of the memory: i / 41 < 3/4 for 31 units
  const std::vector<Device> unequal = {{gib(24)}, {gib(8)}};
  const auto more = placement::stage_ranges(Engine::llama_cpp, 40, Split{1, 2, 1}, unequal);
  CHECK(more[0].last == 31);
}

TEST_CASE("vLLM gives the remainder to the middle stages", "[split]") {
  struct Row {
    std::size_t layers;
    int stages;
    std::vector<std::size_t> sizes;
  };
  const auto row = GENERATE(Row{40, 4, {10, 10, 10, 10}}, Row{41, 4, {10, 10, 11, 10}},
                            Row{42, 4, {10, 11, 11, 10}}, Row{43, 4, {11, 11, 11, 10}},
                            Row{61, 2, {31, 30}}, Row{5, 1, {5}});
  const Split split{1, row.stages, 1};
  const auto devices = devices_of(static_cast<std::size_t>(row.stages), gib(24));
  const auto stages = placement::stage_ranges(Engine::vllm, row.layers, split, devices);
  REQUIRE(stages.size() == row.sizes.size());
  for (std::size_t i = 0; i < stages.size(); ++i) {
    CHECK(stages[i].last - stages[i].first == row.sizes[i]);
  }
}
