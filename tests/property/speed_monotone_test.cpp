// SPDX-License-Identifier: MIT
// More of what makes a machine fast never makes it slower, for random models, formats and cards:
// sequences, bandwidth, experts, depth and host memory.
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;

namespace {

constexpr double slack = 1e-9;  ///< of rounding
constexpr std::string_view models[] = {"llama2-7b",        "llama3-8b",     "llama3-70b",
                                       "mixtral-8x7b",     "qwen3-30b-a3b", "qwen3-4b",
                                       "gpt-oss-120b",     "gemma3-27b",    "mamba-2.8b",
                                       "deepseek-v2-lite", "llama3.2-1b",   "qwen3-next-80b-a3b"};
struct Kind {
  std::string_view stack;
  std::string_view format;
};
constexpr Kind kinds[] = {{"llama.cpp", "q4_k_m"}, {"llama.cpp", "f16"},    {"llama.cpp", "q8_0"},
                          {"vllm", "bf16"},        {"vllm", "fp8"},         {"vllm", "awq"},
                          {"sglang", "fp8"},       {"tensorrt-llm", "fp16"}};
constexpr std::string_view cards[] = {"rtx-3090",    "rtx-4090", "rtx-5090",  "a100-80gb-sxm",
                                      "h100-sxm",    "h200-sxm", "l40s",      "mi300x",
                                      "rx-7900-xtx", "arc-b580", "t4",        "p40",
                                      "b200",        "mi100",    "rtx-a6000", "strix-halo-128gb"};

/// A question and what it points at.
struct Asked {
  Work work;
  GpuRecord gpu;
  const test::SpeedRows::Loaded* loaded = nullptr;
  std::string_view stack;
  Split split{};
  HostShare host{};
  bool offloaded = false;
  std::int64_t depth = 0;
  std::int64_t input = 512;
  std::int64_t output = 128;
  std::int64_t sequences = 1;

  [[nodiscard]] Rates rates() const {
    SpeedQuestion question{work, *loaded->format, *loaded->engine};
    question.stack = stack;
    question.split = split;
    std::vector<CardShare> shares(
        static_cast<std::size_t>(split.tensor * split.pipeline * split.data), CardShare{&gpu});
    question.cards = shares;
    if (offloaded) question.host = &host;
    question.depth = depth;
    question.input = input;
    question.output = output;
    question.sequences = sequences;
    return estimate(question).value();
  }
};

template <class List>
auto pick(std::mt19937& random, const List& list) {
  return list[random() % std::size(list)];
}

class Draw {
 public:
  /// Absent: the engine has not the model in the format, or was never measured on such cards.
  std::optional<Asked> next() {
    const auto kind = pick(random_, kinds);
    const auto card = pick(random_, cards);
    const auto gpus = Catalog::builtin().find_gpus(card);
    REQUIRE_FALSE(gpus.empty());
    Asked one;
    one.loaded = rows_.find({kind.stack, card, pick(random_, models), kind.format});
    if (one.loaded == nullptr) return std::nullopt;
    one.work = one.loaded->work;
    one.gpu = *gpus.front();
    one.stack = kind.stack;
    const bool llama_cpp = kind.stack == "llama.cpp";
    if (!llama_cpp) one.split.tensor = 1 << (random_() % 4);
    one.split.pipeline = 1 << (random_() % 3);
    if (!llama_cpp && random_() % 3 == 0) one.split.data = 2;
    one.depth = std::int64_t{random_() % 4 == 0 ? 8192U : 0U};
    one.input = 1 + static_cast<std::int64_t>(random_() % 4000);
    one.output = 1 + static_cast<std::int64_t>(random_() % 1000);
    one.sequences = 1 + static_cast<std::int64_t>(random_() % 64);
    name_ = std::string(kind.stack).append(" ").append(card).append(" ").append(kind.format);
    SpeedQuestion probe{one.work, *one.loaded->format, *one.loaded->engine};
    probe.stack = kind.stack;
    const CardShare share[] = {CardShare{&one.gpu}};
    probe.cards = share;
    return estimate(probe) ? std::optional(one) : std::nullopt;
  }

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::mt19937 random_{20261122};
  test::SpeedRows rows_;
  std::string name_;
};

/// Runs `check` on that many questions.
template <class Check>
void on_many(int count, Check check) {
  Draw draw;
  int drawn = 0;
  for (int i = 0; i < count * 4 && drawn < count; ++i) {
    auto one = draw.next();
    if (!one) continue;
    ++drawn;
    INFO(draw.name() << " tensor " << one->split.tensor << " pipeline " << one->split.pipeline
                     << " sequences " << one->sequences << " input " << one->input << " output "
                     << one->output);
    check(*one);
  }
  CHECK(drawn == count);
}

void check_not_faster(const Rates& before, const Rates& after) {
  CHECK(after.decode.value <= before.decode.value * (1 + slack));
  CHECK(after.throughput.value <= before.throughput.value * (1 + slack));
  CHECK(after.output_token.value >= before.output_token.value * (1 - slack));
  CHECK(after.first_token.value >= before.first_token.value * (1 - slack));
}

}  // namespace

TEST_CASE("more sequences never give fewer tokens, nor any of them sooner", "[property][speed]") {
  on_many(300, [](Asked one) {
    const auto before = one.rates();
    one.sequences += 1 + one.sequences / 3;
    const auto after = one.rates();
    CHECK(after.throughput.value >= before.throughput.value * (1 - slack));
    CHECK(after.output_token.value >= before.output_token.value * (1 - slack));
    CHECK(after.loaded_first_token.value >= before.loaded_first_token.value * (1 - slack));
  });
}

TEST_CASE("more bandwidth is never slower", "[property][speed]") {
  on_many(200, [](Asked one) {
    const auto fast = one.rates();
    one.gpu.peaks.bandwidth_gb_s = *one.gpu.peaks.bandwidth_gb_s * 0.7;
    check_not_faster(fast, one.rates());
  });
}

TEST_CASE("more experts for a token are never faster", "[property][speed]") {
  on_many(200, [](Asked one) {
    if (one.work.expert_count == 0) return;
    const auto few = one.rates();
    one.work.expert_active = std::min(one.work.expert_count, one.work.expert_active * 2);
    check_not_faster(few, one.rates());
  });
}

TEST_CASE("a deeper context is never faster", "[property][speed]") {
  on_many(200, [](Asked one) {
    one.work.flash_attention = one.input % 2 == 0;
    const auto shallow = one.rates();
    one.depth += 5000;
    check_not_faster(shallow, one.rates());
  });
}

TEST_CASE("layers in host memory are never faster than on a card", "[property][speed]") {
  on_many(200, [](Asked one) {
    const auto all = one.rates();
    one.offloaded = true;
    one.host.layers = one.work.layers / 4;
    one.host.weights = Bytes{one.work.dense.count() / 4};
    const auto some = one.rates();
    check_not_faster(all, some);
    one.host.layers = one.work.layers / 2;
    one.host.weights = Bytes{one.work.dense.count() / 2};
    check_not_faster(some, one.rates());
  });
}

TEST_CASE("every rate lies in its band", "[property][speed]") {
  on_many(200, [](const Asked& one) {
    const auto rates = one.rates();
    for (const auto& rate : {rates.decode, rates.prefill, rates.first_token, rates.throughput,
                             rates.output_token, rates.loaded_first_token}) {
      CHECK(rate.low > 0);
      CHECK(rate.low <= rate.value);
      CHECK(rate.value <= rate.high);
    }
  });
}
