// SPDX-License-Identifier: MIT
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "support/speed_rows.hpp"

using namespace llmfit;

namespace {

test::SpeedRows& loader() {
  static test::SpeedRows rows;
  return rows;
}

/// A question about cards of one kind, and what it points at.
class Asked {
 public:
  Asked(std::string_view stack, std::string_view gpu, std::string_view model,
        std::string_view format, std::int32_t tensor = 1, std::int32_t pipeline = 1)
      : cards_(static_cast<std::size_t>(tensor * pipeline),
               CardShare{gpu.empty() ? nullptr : Catalog::builtin().find_gpus(gpu).front()}),
        loaded_(*loader().find({stack, gpu, model, format})),
        question{loaded_.work, *loaded_.format, *loaded_.engine} {
    if (stack != "vllm") question.stack = stack;
    question.split.tensor = tensor;
    question.split.pipeline = pipeline;
    if (!gpu.empty()) question.cards = cards_;
  }

  [[nodiscard]] Rates rates() const {
    const auto found = estimate(question);
    REQUIRE(found.has_value());
    return *found;
  }

 private:
  std::vector<CardShare> cards_;
  const test::SpeedRows::Loaded& loaded_;

 public:
  SpeedQuestion question;
};

Rates rates_of(std::string_view stack, std::string_view gpu, std::string_view model,
               std::string_view format, std::int32_t tensor = 1, std::int32_t pipeline = 1) {
  return Asked(stack, gpu, model, format, tensor, pipeline).rates();
}

/// Cards in the order of a measurement, the fastest first, each at least a tenth ahead of the next.
struct Order {
  std::string_view model;
  std::string_view format;
  std::vector<std::string_view> cards;
};

}  // namespace

// XiongjieDai/GPU-Benchmarks-on-LLM-Inference; of Llama 2 13B mlc-ai/llm-perf-bench has one card
// that the first has not, so the order of the 8B model is taken for it.
TEST_CASE("single streams come out in the order that was measured", "[speed]") {
  const std::vector<Order> orders = {
      {"llama3-8b",
       "q4_k_m",
       {"rtx-6000-ada", "rtx-3090", "rtx-5000-ada", "rtx-4070-ti", "rtx-4000-ada",
        "apple-m3-max-40c-128gb"}},
      {"llama3-8b",
       "f16",
       {"a100-80gb-pcie", "rtx-3090", "rtx-a6000", "rtx-5000-ada", "apple-m3-max-40c-128gb"}},
      {"llama3-70b",
       "q4_k_m",
       {"a100-80gb-sxm", "rtx-6000-ada", "rtx-a6000", "apple-m2-ultra-128gb",
        "apple-m3-max-40c-128gb"}},
      {"llama2-13b", "q4_k_m", {"rtx-4090", "rtx-5000-ada", "rtx-4000-ada"}},
  };
  for (const auto& order : orders) {
    double before = 1e9;
    for (const auto card : order.cards) {
      const auto rate = rates_of("llama.cpp", card, order.model, order.format).decode.value;
      INFO(order.model << " " << order.format << " on " << card << ": " << rate);
      CHECK(rate < before);
      before = rate;
    }
  }
}

// argonne-lcf/LLM-Inference-Bench: 64 sequences of 1,024 tokens in and out, FP16.
TEST_CASE("batches come out in the order that was measured", "[speed]") {
  double before = 1e9;
  for (const std::string_view card : {"gh200-96gb", "h100-sxm", "a100-40gb-sxm"}) {
    Asked asked("tensorrt-llm", card, "llama3-8b", "fp16");
    asked.question.input = 1024;
    asked.question.output = 1024;
    asked.question.sequences = 64;
    const auto rate = asked.rates().throughput.value;
    INFO(card << ": " << rate);
    CHECK(rate < before);
    before = rate;
  }
  for (const std::int32_t cards : {1, 2, 4}) {
    Asked asked("vllm", "h100-sxm", "llama3-8b", "fp16", cards);
    asked.question.input = asked.question.output = 1024;
    asked.question.sequences = 64;
    const auto rate = asked.rates().throughput.value;
    if (cards > 1) CHECK(rate > before);
    CHECK(rate < 4 * 3484);  // never better than four times one card
    before = rate;
  }
}

// The same source: a 70B model on four cards, 16 sequences; and one MI300X after another with the
// vLLM of that year.
TEST_CASE("batches of a large model come out in the order that was measured", "[speed]") {
  const auto rate_on = [](std::string_view card, std::int32_t cards, std::int32_t version) {
    Asked asked("vllm", card, "llama3-70b", "fp16", cards);
    asked.question.input = asked.question.output = 1024;
    asked.question.sequences = 16;
    asked.question.version = version;
    return asked.rates().throughput.value;
  };
  const double hopper = rate_on("h100-sxm", 4, 5);  // 664
  const double four = rate_on("mi300x", 4, 5);      // 383
  const double older = rate_on("mi250", 4, 5);      // 309
  const double two = rate_on("mi300x", 2, 5);       // 281
  const double one = rate_on("mi300x", 1, 5);       // 128
  CHECK(hopper > four);
  CHECK(four > older);
  CHECK(older > one);
  CHECK(four > two);
  CHECK(two > one);
  CHECK(rate_on("mi300x", 4, newest_vllm) > four);
}

TEST_CASE("a longer context slows decoding down and a longer prompt takes longer", "[speed]") {
  Asked near("llama.cpp", "rtx-3090", "llama3-8b", "q4_k_m");
  Asked far("llama.cpp", "rtx-3090", "llama3-8b", "q4_k_m");
  far.question.depth = 16384;
  CHECK(far.rates().decode.value < near.rates().decode.value);
  CHECK(far.rates().step.cache > near.rates().step.cache);
  far.question.input = 4096;
  CHECK(far.rates().first_token.value > near.rates().first_token.value);
}

TEST_CASE("a layer split adds no bandwidth, tensor parallelism does", "[speed]") {
  const auto one = rates_of("llama.cpp", "rtx-4090", "llama3-8b", "q4_k_m");
  const auto four = rates_of("llama.cpp", "rtx-4090", "llama3-8b", "q4_k_m", 1, 4);
  CHECK(four.decode.value < one.decode.value);
  CHECK(four.step.link > 0);
  const auto alone = rates_of("vllm", "h100-sxm", "llama3-70b", "fp16");
  const auto ranks = rates_of("vllm", "h100-sxm", "llama3-70b", "fp16", 8);
  CHECK(ranks.decode.value > 2 * alone.decode.value);
  CHECK(ranks.decode.value < 8 * alone.decode.value);
}

TEST_CASE("a layer split is as slow as its cards are, each for its own layers", "[speed]") {
  Asked mixed("llama.cpp", "rtx-3090", "llama3-8b", "q4_k_m", 1, 2);
  const auto& catalog = Catalog::builtin();
  std::vector<CardShare> cards = {{catalog.find_gpus("rtx-4090").front(), 3},
                                  {catalog.find_gpus("p40").front(), 1}};
  mixed.question.cards = cards;
  const auto mostly_new = mixed.rates().decode.value;
  cards[0].part = 1;
  cards[1].part = 3;
  CHECK(mixed.rates().decode.value < mostly_new);
  CHECK(mostly_new < rates_of("llama.cpp", "rtx-4090", "llama3-8b", "q4_k_m").decode.value);
  CHECK(mostly_new > rates_of("llama.cpp", "p40", "llama3-8b", "q4_k_m").decode.value);
}

TEST_CASE("what lies in host memory slows decoding down", "[speed]") {
  Asked asked("llama.cpp", "rtx-3090", "llama3-70b", "q4_k_m");
  HostShare host;
  host.layers = 20;
  asked.question.host = &host;
  const auto some = asked.rates();
  CHECK(some.step.host > 0);
  CHECK(some.decode_limit == SpeedLimit::host_memory);
  host.layers = 40;
  const auto more = asked.rates();
  CHECK(more.decode.value < some.decode.value);
  // Nobody said how fast that memory is.
  CHECK(more.decode.high > 2 * more.decode.value);
  Asked alone("llama.cpp", "", "llama3-70b", "q4_k_m");
  CHECK(alone.rates().decode.value < more.decode.value);
}

TEST_CASE("experts in host memory cost less than whole layers", "[speed]") {
  Asked asked("llama.cpp", "rtx-3090", "gpt-oss-120b", "mxfp4_moe");
  HostShare layers;
  layers.layers = 30;
  HostShare experts;
  experts.expert_layers = 30;
  asked.question.host = &layers;
  const auto whole = asked.rates().decode.value;
  asked.question.host = &experts;
  CHECK(asked.rates().decode.value > whole);
}

TEST_CASE("a mixture of experts reads few experts alone and most of them in a batch", "[speed]") {
  Asked asked("vllm", "h100-sxm", "qwen3-30b-a3b", "bf16");
  const auto alone = asked.rates();
  asked.question.sequences = 64;
  const auto batch = asked.rates();
  const auto& work = asked.question.work;
  CHECK(work.expert_count == 128);
  CHECK(alone.step.weights < 0.3 * static_cast<double>((work.dense + work.experts).count()) / 3e12);
  CHECK(batch.throughput.value < 40 * alone.throughput.value);
  CHECK(batch.throughput.value > 5 * alone.throughput.value);
}

TEST_CASE("more sequences deliver more together and less to each", "[speed]") {
  double together = 0;
  double gap = 0;
  double wait = 0;
  for (const std::int64_t sequences : {1, 4, 16, 64, 256}) {
    Asked asked("vllm", "a100-80gb-sxm", "llama3.1-8b", "bf16");
    asked.question.sequences = sequences;
    const auto rates = asked.rates();
    INFO(sequences);
    CHECK(rates.throughput.value > together);
    CHECK(rates.output_token.value > gap);
    CHECK(rates.loaded_first_token.value >= wait);
    together = rates.throughput.value;
    gap = rates.output_token.value;
    wait = rates.loaded_first_token.value;
  }
}

TEST_CASE("data parallel copies serve side by side", "[speed]") {
  Asked one("vllm", "h100-sxm", "llama3-8b", "fp16");
  one.question.sequences = 32;
  Asked two("vllm", "h100-sxm", "llama3-8b", "fp16", 1, 2);
  two.question.split.pipeline = 1;
  two.question.split.data = 2;
  two.question.sequences = 64;
  CHECK(two.rates().throughput.value > 1.9 * one.rates().throughput.value);
  CHECK(two.rates().decode.value < 1.01 * one.rates().decode.value);
}

TEST_CASE("cards without a native format gain no compute from it", "[speed]") {
  const auto gain = [](std::string_view card) {
    const auto plain = rates_of("vllm", card, "llama3.1-8b", "bf16");
    const auto small = rates_of("vllm", card, "llama3.1-8b", "fp8");
    return small.prefill.value / plain.prefill.value;
  };
  CHECK(gain("h100-sxm") > 1.3);
  CHECK(gain("a100-80gb-sxm") < 1.05);
  // Fewer bits than four do not pay in llama.cpp: unpacking them takes longer.
  const auto three = rates_of("llama.cpp", "rtx-3090", "llama3.1-8b", "q3_k_s");
  const auto four = rates_of("llama.cpp", "rtx-3090", "llama3.1-8b", "q4_0");
  CHECK(three.decode.value < four.decode.value);
}

TEST_CASE("what limits a configuration is named", "[speed]") {
  CHECK(rates_of("llama.cpp", "rtx-3090", "llama3-8b", "f16").decode_limit ==
        SpeedLimit::memory_bandwidth);
  CHECK(rates_of("llama.cpp", "rtx-3090", "llama3-8b", "q4_k_m").prefill_limit ==
        SpeedLimit::compute);
  CHECK(rates_of("vllm", "h100-sxm", "qwen2.5-0.5b", "bf16").decode_limit == SpeedLimit::overhead);
  CHECK(describe(SpeedLimit::memory_bandwidth) == "memory bandwidth");
  CHECK(describe(SpeedLimit::host_memory) == "host memory");
}

TEST_CASE("bands hold the estimate and are wider where no such card was measured", "[speed]") {
  const auto known = rates_of("llama.cpp", "rtx-3090", "llama3-8b", "q4_k_m");
  const auto related = rates_of("llama.cpp", "h100-sxm", "llama3-8b", "q4_k_m");
  for (const auto& rates : {known, related}) {
    for (const auto& rate : {rates.decode, rates.prefill, rates.first_token, rates.throughput,
                             rates.output_token, rates.loaded_first_token}) {
      CHECK(rate.low > 0);
      CHECK(rate.low < rate.value);
      CHECK(rate.value < rate.high);
    }
  }
  CHECK(known.measured_cards > 0);
  CHECK(related.measured_cards == 0);
  CHECK(related.decode.high / related.decode.low > known.decode.high / known.decode.low);
}

TEST_CASE("nothing is said where nothing was measured", "[speed]") {
  Asked asked("llama.cpp", "tpu-v5e", "llama3-8b", "q4_k_m");
  CHECK_FALSE(estimate(asked.question).has_value());
  Asked host("vllm", "", "llama3-8b", "fp16");
  CHECK_FALSE(estimate(host.question).has_value());
  Asked stack("vllm", "h100-sxm", "llama3-8b", "fp16");
  stack.question.stack = "no such stack";
  CHECK_FALSE(estimate(stack.question).has_value());
}

TEST_CASE("every card of the catalog has finite rates in order, or none", "[speed]") {
  std::size_t known = 0;
  for (const auto& gpu : Catalog::builtin().gpus()) {
    for (const std::string_view stack : {"llama.cpp", "vllm"}) {
      const std::string_view format = stack == "vllm" ? "fp16" : "q4_k_m";
      Asked asked(stack, gpu.id, "llama3-8b", format);
      asked.question.sequences = 8;
      const auto rates = estimate(asked.question);
      INFO(gpu.id << " " << stack);
      if (!rates) continue;
      ++known;
      for (const auto& rate : {rates->decode, rates->prefill, rates->throughput}) {
        CHECK(std::isfinite(rate.high));
        CHECK(rate.low > 0);
        CHECK(rate.low <= rate.value);
        CHECK(rate.value <= rate.high);
      }
      // No card reads its weights faster than its memory delivers them.
      const auto bytes = asked.question.work.dense + asked.question.work.head;
      CHECK(rates->decode.value * static_cast<double>(bytes.count()) <=
            *gpu.peaks.bandwidth_gb_s * 1e9);
    }
  }
  CHECK(known > 500);
}
