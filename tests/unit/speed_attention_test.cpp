// SPDX-License-Identifier: MIT
#include <cmath>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;

namespace {

struct Setting {
  std::int64_t depth = 0;
  std::int64_t input = 512;
  std::int64_t sequences = 1;
  bool plain = false;  ///< without flash attention
};

Rates rates_of(const test::SpeedRow& row, const Setting& setting) {
  static test::SpeedRows rows;
  const auto* loaded = rows.find(row);
  REQUIRE(loaded != nullptr);
  auto work = loaded->work;
  work.flash_attention = !setting.plain;
  const std::vector<CardShare> cards(1, CardShare{Catalog::builtin().find_gpus(row.gpu).front()});
  SpeedQuestion question{work, *loaded->format, *loaded->engine};
  question.stack = row.stack;
  question.cards = cards;
  question.depth = setting.depth;
  question.input = setting.input;
  question.sequences = setting.sequences;
  return estimate(question).value();
}

constexpr test::SpeedRow local = {"llama.cpp", "rtx-3090", "llama3-8b", "q4_k_m"};
constexpr test::SpeedRow served = {"vllm", "h100-sxm", "llama3-8b", "fp8"};

}  // namespace

TEST_CASE("without flash attention a long context is slower and a short one is not", "[speed]") {
  const auto with = rates_of(local, {8192, 512});
  const auto without = rates_of(local, {8192, 512, 1, true});
  CHECK(without.decode.value < 0.95 * with.decode.value);
  CHECK(without.prefill.value < 0.95 * with.prefill.value);
  CHECK(rates_of(local, {0, 1, 1, true}).decode.value >
        0.97 * rates_of(local, {0, 1}).decode.value);
}

TEST_CASE("half a pass more of a prompt costs half a pass more", "[speed]") {
  const double whole = rates_of(local, {0, 512}).prompt.compute;
  CHECK(std::abs(rates_of(local, {0, 768}).prompt.compute / whole - 1.5) < 1e-6);
}

TEST_CASE("several requests wait for no less than one and no more than all prompts", "[speed]") {
  const auto alone = rates_of(served, {}).first_token;
  const auto loaded = rates_of(served, {0, 512, 32}).loaded_first_token;
  CHECK(loaded.value > alone.value);
  CHECK(loaded.high > 8 * alone.value);
  CHECK(loaded.high < 64 * alone.high);
}

TEST_CASE("routed experts are read as they are held, padding included", "[speed]") {
  test::SpeedRows rows;
  const auto* loaded = rows.find({"vllm", "h100-sxm", "gpt-oss-120b", "mxfp4"});
  REQUIRE(loaded != nullptr);
  // 117 billion in all; outside of the experts one billion in 16 bits.
  CHECK(loaded->work.dense < Bytes{2'200'000'000});
  CHECK(loaded->work.experts > Bytes{60'000'000'000});
}

TEST_CASE("an answer of an encoder-decoder model passes its decoder alone", "[speed]") {
  test::SpeedRows rows;
  const auto* loaded = rows.find({"llama.cpp", "rtx-3090", "flan-t5-xxl", "f16"});
  REQUIRE(loaded != nullptr);
  // 24 blocks: four matrices of 4096 x 4096 for each of two attentions, three of 4096 x 10240.
  const std::int64_t matrices = 24 * (8 * 4096LL * 4096 + 3 * 4096LL * 10240);
  const auto& work = loaded->work;
  const double step = static_cast<double>(work.dense.count()) * work.step_part;
  CHECK(std::abs(step / (2 * static_cast<double>(matrices)) - 1) < 0.01);
}

TEST_CASE("a token of a mixture multiplies with as many elements as the model card says",
          "[speed]") {
  struct Active {
    std::string_view model;
    std::string_view stack;
    std::string_view format;
    double billions;  ///< active, without the embedding that is looked up
  };
  // Model cards: Mixtral 12.9, DeepSeek R1 37, Qwen3 3.3 and 22, gpt-oss 5.1 and 3.6, Llama 4 17,
  // Jamba Mini 12, Granite 4 H small 9, OLMoE 1.3, Phi-3.5-MoE 6.6, Kimi K2 32, LFM2 1.5, each less
  // its embedding where that is a matrix of its own.
  constexpr Active models[] = {
      {"mixtral-8x7b", "vllm", "bf16", 12.7},       {"deepseek-r1", "vllm", "fp8", 36.6},
      {"qwen3-30b-a3b", "vllm", "bf16", 3.0},       {"qwen3-235b-a22b", "vllm", "bf16", 21.6},
      {"gpt-oss-120b", "vllm", "mxfp4", 5.1},       {"gpt-oss-20b", "vllm", "mxfp4", 3.6},
      {"llama4-scout", "vllm", "bf16", 16.1},       {"jamba-mini", "vllm", "bf16", 11.8},
      {"granite-4.0-h-small", "vllm", "bf16", 8.8}, {"olmoe-1b-7b", "vllm", "bf16", 1.2},
      {"phi-3.5-moe", "vllm", "bf16", 6.5},         {"kimi-k2", "vllm", "fp8", 31.7},
      {"lfm2-8b-a1b", "llama.cpp", "q4_k_m", 1.5},  {"gemma3n-e4b", "llama.cpp", "q4_k_m", 4.5},
  };
  test::SpeedRows rows;
  for (const auto& entry : models) {
    INFO(entry.model);
    const auto* loaded = rows.find({entry.stack, "h100-sxm", entry.model, entry.format});
    REQUIRE(loaded != nullptr);
    const auto& work = loaded->work;
    const double share =
        work.expert_count > 0 ? static_cast<double>(work.expert_active) / work.expert_count : 0;
    const double active = static_cast<double>(work.dense_elements.count()) +
                          share * static_cast<double>(work.expert_elements.count()) +
                          static_cast<double>(work.head_elements.count());
    CHECK(std::abs(active / 1e9 / entry.billions - 1) < 0.05);
  }
}
