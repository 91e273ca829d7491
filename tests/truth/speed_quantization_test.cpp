// SPDX-License-Identifier: MIT
// Fewer bits are not always faster: prompts in 16-bit weights run on matrix units that quantized
// ones have to be unpacked for, small formats are slow to unpack on old cards and on processors.
#include <string_view>

#include "catch.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;
using test::Measured;
using test::SpeedRow;

namespace {

/// Two formats of one model on one card, the one with fewer bits first, tokens a second.
struct Pair {
  std::string_view gpu;  ///< empty: the host's processor
  std::string_view model;
  std::string_view small;
  std::string_view large;
  Measured measured;
  std::int64_t tokens;
  double small_rate;
  double large_rate;
  std::int32_t cards = 1;
};

// XiongjieDai/GPU-Benchmarks-on-LLM-Inference README.md; ggml-org/llama.cpp pull request 4766
// (P40), discussion 4167 (Apple); kyuz0/amd-strix-halo-toolboxes docs/results.json;
// ikawrakow/ik_llama.cpp discussion 164 (llama.cpp on a Ryzen 9 7950X, 16 threads).
constexpr Pair slower[] = {
    {"rtx-4080", "llama3-8b", "q4_k_m", "f16", Measured::prefill, 1024, 5064.99, 6758.9},
    {"rtx-4000-ada", "llama3-8b", "q4_k_m", "f16", Measured::prefill, 1024, 2310.53, 2951.87},
    {"rtx-a6000", "llama3-8b", "q4_k_m", "f16", Measured::prefill, 512, 3780.55, 4511.02},
    {"rtx-6000-ada", "llama3-8b", "q4_k_m", "f16", Measured::prefill, 512, 5791.74, 6663.13},
    {"rtx-3090", "llama3-8b", "q4_k_m", "f16", Measured::prefill, 1024, 4004.14, 4690.5, 2},
    {"a100-80gb-pcie", "llama3-8b", "q4_k_m", "f16", Measured::prefill, 512, 5981.04, 7741.34},
    {"a100-80gb-sxm", "llama3-70b", "q4_k_m", "f16", Measured::prefill, 512, 468.86, 1233.31, 4},
    {"apple-m2-ultra-128gb", "llama3-8b", "q4_k_m", "f16", Measured::prefill, 512, 994.04, 1175.4},
    {"apple-m1-pro-16gb", "llama2-7b", "q8_0", "f16", Measured::prefill, 512, 270.37, 302.14},
    {"apple-m2-max-32gb", "llama2-7b", "q4_0", "f16", Measured::prefill, 512, 671.31, 755.67},
    {"strix-halo-128gb", "gemma4-31b", "q8_0", "bf16", Measured::prefill, 512, 326.41, 423.05},
    {"p40", "llama2-7b", "q3_k_s", "q4_0", Measured::prefill, 512, 583.04, 912.41},
    {"p40", "llama2-7b", "q3_k_s", "q4_0", Measured::decode, 128, 30.93, 56.79},
    {"p40", "llama2-7b", "q3_k_s", "q4_k_s", Measured::decode, 128, 30.93, 54.23},
    {"", "llama3.1-8b", "iq3_s", "q4_0", Measured::prefill, 512, 30.2, 153.52},
    {"", "llama3.1-8b", "iq2_xxs", "q8_0", Measured::prefill, 512, 45.78, 147.92},
};

double predicted(test::SpeedRows& rows, const Pair& pair, std::string_view format) {
  SpeedRow row{"llama.cpp", pair.gpu, pair.model, format, 1, pair.cards, pair.measured};
  row.plain = true;
  (pair.measured == Measured::decode ? row.output : row.input) = pair.tokens;
  if (!pair.gpu.empty()) return rows.predict(row).value().value;
  const auto* loaded = rows.find(row);
  REQUIRE(loaded != nullptr);
  SpeedQuestion question{loaded->work, *loaded->format, *loaded->engine};
  question.input = pair.tokens;
  return estimate(question).value().prefill.value;
}

}  // namespace

TEST_CASE("fewer bits are slower where they were measured to be", "[truth][speed]") {
  test::SpeedRows rows;
  for (const auto& pair : slower) {
    INFO(pair.gpu << " " << pair.model << " " << pair.small << " " << pair.large);
    REQUIRE(pair.small_rate < pair.large_rate);
    CHECK(predicted(rows, pair, pair.small) < predicted(rows, pair, pair.large));
  }
}

TEST_CASE("types that a card has no arithmetic for do not speed up prompts", "[truth][speed]") {
  test::SpeedRows rows;
  const auto prompts = [&](std::string_view stack, std::string_view gpu, std::string_view format) {
    SpeedRow row{stack, gpu, "llama3.1-8b", format};
    row.measured = Measured::prefill;
    row.input = 2048;
    return rows.predict(row).value().value;
  };
  // 8-bit floats came with Ada and Hopper; before, weights are unpacked to 16 bits.
  for (const auto gpu : {"rtx-3090", "a100-80gb-sxm"}) {
    CHECK(prompts("vllm", gpu, "fp8") < prompts("vllm", gpu, "bf16"));
  }
  for (const auto gpu : {"rtx-4090", "h100-sxm"}) {
    CHECK(prompts("vllm", gpu, "fp8") > prompts("vllm", gpu, "bf16"));
  }
  // Pascal's GeForce and P40 do 16-bit sums at 1/64 of 32-bit ones, but four 8-bit products at
  // once.
  for (const auto gpu : {"p40", "gtx-1080-ti"}) {
    CHECK(prompts("llama.cpp", gpu, "f16") < prompts("llama.cpp", gpu, "q4_0"));
  }
}
