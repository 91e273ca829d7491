// SPDX-License-Identifier: MIT
// Decoding on processors alone: the usual host's band holds what laptops, small boards and servers
// reach.
#include <cmath>
#include <cstdio>
#include <string_view>

#include "catch.hpp"
#include "support/score.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;

namespace {

/// Tokens before, tokens a second.
struct Host {
  std::string_view machine;
  std::string_view model;
  std::string_view format;
  std::int64_t depth;
  double value;
};
// geerlingguy/ai-benchmarks README.md and issues; EricLBuehler/mistral.rs release notes (llama.cpp
// on the ten large cores of a GB10); microsoft/T-MAC docs/profiling_data.md.
constexpr Host hosts[] = {
    {"Ryzen AI 5 340", "llama3.2-3b", "q4_k_m", 0, 23.81},
    {"Ryzen AI 5 340", "qwen2.5-14b", "q4_k_m", 0, 5.83},
    {"N150", "llama3.2-3b", "q4_k_m", 0, 9.06},
    {"N150", "qwen2.5-14b", "q4_k_m", 0, 2.13},
    {"Raspberry Pi 5", "llama3.2-3b", "q4_k_m", 0, 4.88},
    {"Raspberry Pi 5", "qwen2.5-14b", "q4_k_m", 0, 1.2},
    {"Orion O6", "qwen2.5-14b", "q4_k_m", 0, 4.33},
    {"Minisforum MS-R1", "llama3.2-3b", "q4_k_m", 0, 12.12},
    {"Minisforum MS-R1", "qwen2.5-14b", "q4_k_m", 0, 3.39},
    {"Surface Book 3", "llama2-7b", "q4_0", 0, 6.52},
    {"AGX Orin", "llama2-7b", "q4_0", 0, 7.42},
    {"AmpereOne", "llama3.2-3b", "q4_k_m", 0, 23.52},
    {"AmpereOne", "llama3.1-405b", "q4_k_m", 0, 0.9},
    {"AmpereOne", "deepseek-r1", "q4_k_m", 0, 4.18},
    {"GB10", "qwen3-4b", "q4_k_m", 128, 36.9},
    {"GB10", "qwen3-4b", "q6_k", 128, 29.2},
    {"GB10", "qwen3-4b", "q8_0", 128, 24.1},
    {"GB10", "qwen3-4b", "q4_k_m", 4096, 22},
    {"GB10", "qwen3-4b", "q8_0", 8192, 13},
    {"GB10", "gemma4-e4b", "q4_k_m", 128, 25.1},
    {"GB10", "gemma4-e4b", "q8_0", 128, 17.5},
};

Rate decode_of(test::SpeedRows& rows, const Host& host) {
  const auto* loaded = rows.find({"llama.cpp", "", host.model, host.format});
  REQUIRE(loaded != nullptr);
  SpeedQuestion question{loaded->work, *loaded->format, *loaded->engine};
  question.depth = host.depth;
  question.input = 0;
  return estimate(question).value().decode;
}

bool holds(const Rate& rate, double value) { return rate.low <= value && value <= rate.high; }

}  // namespace

TEST_CASE("processors decode as fast as was measured", "[truth][speed]") {
  test::SpeedRows rows;
  test::Score score("hosts", 4);
  int inside = 0;
  for (const auto& host : hosts) {
    INFO(host.machine << " " << host.model << " " << host.format);
    const auto rate = decode_of(rows, host);
    score.add(std::string(host.machine), std::llround(rate.value * 1e3),
              std::llround(host.value * 1e3));
    inside += holds(rate, host.value) ? 1 : 0;
  }
  score.print();
  const auto all = static_cast<int>(std::size(hosts));
  std::printf("    in the band: %d of %d\n", inside, all);
  CHECK(inside * 100 >= 80 * all);
}
