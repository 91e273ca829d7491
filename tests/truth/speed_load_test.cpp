// SPDX-License-Identifier: MIT
// Waiting under load: time per output token and to the first token with several requests in flight,
// as one benchmark measured both; and the first token of one request alone.
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "support/score.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;

namespace {

/// vLLM on four MI100, means of all requests in milliseconds.
struct Loaded {
  std::string_view model;
  std::string_view format;
  std::int64_t input;
  std::int64_t output;
  std::int64_t requests;
  double output_token;
  double first_token;
};
// btbtyler09/mi100-llm-testing Model_Reports/json_data (vLLM 0.20, built for gfx908).
constexpr Loaded loads[] = {
    {"mistral-small-3.1-24b", "w4a16", 512, 256, 16, 34.91, 1731.96},
    {"mistral-small-3.1-24b", "w4a16", 1024, 256, 2, 13.21, 213.97},
    {"mistral-small-3.1-24b", "w4a16", 1024, 256, 8, 21.14, 168.01},
    {"mistral-small-3.1-24b", "w4a16", 1024, 256, 32, 71.89, 405.46},
    {"mistral-small-3.1-24b", "w4a16", 1024, 256, 128, 245.74, 11831.6},
    {"mistral-small-3.1-24b", "w4a16", 2048, 512, 8, 37.87, 2706.19},
    {"mistral-small-3.1-24b", "w4a16", 16384, 1024, 4, 38.87, 18669.7},
    {"qwen3-coder-next", "gptq", 512, 256, 16, 34.21, 1635.49},
    {"qwen3-coder-next", "gptq", 1024, 256, 2, 19.75, 266.54},
    {"qwen3-coder-next", "gptq", 1024, 256, 8, 34.55, 707.21},
    {"qwen3-coder-next", "gptq", 1024, 256, 32, 56.8, 2782.43},
    {"qwen3-coder-next", "gptq", 1024, 256, 128, 105.52, 11396.6},
    {"qwen3-coder-next", "gptq", 2048, 512, 8, 38.43, 792.07},
    {"qwen3-coder-next", "gptq", 16384, 1024, 4, 27, 5865.58},
    {"qwen3.5-35b-a3b", "gptq", 512, 256, 16, 25.13, 1441.29},
    {"qwen3.5-35b-a3b", "gptq", 1024, 256, 2, 12.69, 151.14},
    {"qwen3.5-35b-a3b", "gptq", 1024, 256, 8, 21.54, 378.22},
    {"qwen3.5-35b-a3b", "gptq", 1024, 256, 32, 39.46, 1523.37},
    {"qwen3.5-35b-a3b", "gptq", 1024, 256, 128, 68.34, 6290.62},
    {"qwen3.5-35b-a3b", "gptq", 2048, 512, 8, 22.74, 451.51},
    {"qwen3.5-35b-a3b", "gptq", 16384, 1024, 4, 18.83, 3767.85},
    {"qwen3.6-27b", "gptq", 512, 256, 16, 41.97, 3497.99},
    {"qwen3.6-27b", "gptq", 1024, 256, 2, 19.7, 1115.59},
    {"qwen3.6-27b", "gptq", 1024, 256, 8, 34.98, 2990.28},
    {"qwen3.6-27b", "gptq", 1024, 256, 32, 82.83, 11776.2},
    {"qwen3.6-27b", "gptq", 1024, 256, 128, 335.23, 47347.8},
    {"qwen3.6-27b", "gptq", 2048, 512, 8, 43.39, 3187.96},
    {"qwen3.6-27b", "gptq", 16384, 1024, 4, 47.73, 22689.8},
    {"qwen3.6-35b-a3b", "gptq", 512, 256, 16, 25.04, 1421.47},
    {"qwen3.6-35b-a3b", "gptq", 1024, 256, 2, 12.72, 150.04},
    {"qwen3.6-35b-a3b", "gptq", 1024, 256, 8, 21.73, 381.12},
    {"qwen3.6-35b-a3b", "gptq", 1024, 256, 32, 39.64, 1525.32},
    {"qwen3.6-35b-a3b", "gptq", 1024, 256, 128, 69.23, 6297.97},
    {"qwen3.6-35b-a3b", "gptq", 2048, 512, 8, 22.93, 449.93},
    {"qwen3.6-35b-a3b", "gptq", 16384, 1024, 4, 18.81, 3714.09},
};

/// One prompt alone, milliseconds.
struct Alone {
  std::string_view stack;
  std::string_view gpu;
  std::string_view model;
  std::string_view format;
  std::int32_t cards;
  std::int64_t prompt;
  double milliseconds;
};
// NVIDIA/TensorRT-LLM docs/source/performance.md of v0.5, v0.6.1 and v0.9; the last rows are of the
// source above.
constexpr Alone alone[] = {
    {"tensorrt-llm", "a100-80gb-sxm", "gptj-6b", "fp16", 1, 128, 14.8},
    {"tensorrt-llm", "a100-80gb-sxm", "gptj-6b", "fp16", 1, 2048, 136.4},
    {"tensorrt-llm", "a100-80gb-sxm", "mistral-7b", "fp16", 1, 128, 16.3},
    {"tensorrt-llm", "a100-80gb-sxm", "mistral-7b", "fp16", 1, 2048, 139.6},
    {"tensorrt-llm", "a100-80gb-sxm", "llama2-70b", "fp16", 8, 2048, 249.2},
    {"tensorrt-llm", "a100-80gb-sxm", "falcon-180b", "fp16", 8, 128, 61},
    {"tensorrt-llm", "a100-80gb-sxm", "falcon-180b", "fp16", 8, 2048, 509},
    {"tensorrt-llm", "h200-sxm", "gptj-6b", "fp8", 1, 128, 5},
    {"tensorrt-llm", "h200-sxm", "gptj-6b", "fp8", 1, 2048, 23.5},
    {"tensorrt-llm", "h200-sxm", "mistral-7b", "fp8", 1, 128, 5.9},
    {"tensorrt-llm", "h200-sxm", "mistral-7b", "fp8", 1, 2048, 31.7},
    {"tensorrt-llm", "h200-sxm", "falcon-180b", "fp8", 4, 128, 36.4},
    {"tensorrt-llm", "h200-sxm", "falcon-180b", "fp8", 4, 2048, 194.4},
    {"vllm", "mi100", "qwen3-30b-a3b", "gptq", 4, 128, 28.63},
    {"vllm", "mi100", "qwen3-30b-a3b", "gptq", 4, 2048, 248.66},
    {"vllm", "mi100", "qwen3.5-35b-a3b", "gptq", 4, 2048, 206.21},
    {"vllm", "mi100", "qwen3.6-27b", "gptq", 4, 2048, 1429.15},
    {"vllm", "mi100", "qwen3.6-27b", "gptq_int8", 4, 2048, 807.49},
    {"vllm", "mi100", "qwen3.6-35b-a3b", "gptq", 4, 128, 47.79},
    {"vllm", "mi100", "qwen3.6-35b-a3b", "gptq_int8", 4, 2048, 218.84},
};

Rates rates_of(test::SpeedRows& rows, const Alone& asked, std::int64_t output,
               std::int64_t requests) {
  const auto* loaded = rows.find({asked.stack, asked.gpu, asked.model, asked.format});
  REQUIRE(loaded != nullptr);
  const auto gpus = Catalog::builtin().find_gpus(asked.gpu);
  REQUIRE_FALSE(gpus.empty());
  const std::vector<CardShare> cards(static_cast<std::size_t>(asked.cards),
                                     CardShare{gpus.front()});
  SpeedQuestion question{loaded->work, *loaded->format, *loaded->engine};
  question.stack = asked.stack;
  question.split.tensor = asked.cards;
  question.cards = cards;
  question.input = asked.prompt;
  question.output = output;
  question.sequences = requests;
  return estimate(question).value();
}

/// How far off, and how many lie in the band.
class Judged {
 public:
  explicit Judged(const std::string& what) : score_(what, 10) {}

  void add(std::string_view row, const Rate& seconds, double milliseconds) {
    score_.add(std::string(row), std::llround(seconds.value * 1e6),
               std::llround(milliseconds * 1e3));
    if (seconds.low * 1e3 <= milliseconds && milliseconds <= seconds.high * 1e3) ++inside_;
  }

  void check(double median, double covered) const {
    score_.print();
    const double share = static_cast<double>(inside_) / static_cast<double>(score_.rows());
    std::printf("    in the band: %.0f %%\n", 100 * share);
    CHECK(score_.at_most(50) <= median);
    CHECK(share >= covered);
  }

 private:
  test::Score score_;
  std::size_t inside_ = 0;
};

}  // namespace

TEST_CASE("a prompt alone has its first token when it was measured to", "[truth][speed]") {
  test::SpeedRows rows;
  Judged judged("first token, one request");
  for (const auto& row : alone) {
    INFO(row.gpu << " " << row.model << " " << row.prompt);
    judged.add(row.model, rates_of(rows, row, 128, 1).first_token, row.milliseconds);
  }
  judged.check(0.20, 0.80);
}

TEST_CASE("requests wait under load as long as was measured", "[truth][speed]") {
  test::SpeedRows rows;
  Judged tokens("output token, several requests");
  Judged firsts("first token, several requests");
  for (const auto& row : loads) {
    INFO(row.model << " " << row.format << " " << row.requests);
    const auto rates = rates_of(rows, {"vllm", "mi100", row.model, row.format, 4, row.input, 0},
                                row.output, row.requests);
    tokens.add(row.model, rates.output_token, row.output_token);
    firsts.add(row.model, rates.loaded_first_token, row.first_token);
  }
  tokens.check(0.25, 0.80);
  firsts.check(0.60, 0.80);
}
