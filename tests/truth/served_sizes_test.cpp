// SPDX-License-Identifier: MIT
// Weights of served formats against the sizes that repositories publish for their checkpoints.
#include <cmath>

#include "catch.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/sizing.hpp"
#include "support/score.hpp"

using namespace llmfit;

namespace {

/// `gigabytes` (10^9 bytes) as the repository's file list or model card prints them, `step` its
/// last digit.
struct Row {
  std::string_view model;
  Engine engine;
  std::string_view format;
  double gigabytes;
  double step;
  std::string_view repository;
};

constexpr Row rows[] = {
    {"llama2-7b", Engine::vllm, "awq", 3.89, 0.01, "TheBloke/Llama-2-7B-AWQ"},
    {"llama2-70b", Engine::vllm, "awq", 36.61, 0.01, "TheBloke/Llama-2-70B-AWQ"},
    {"llama2-7b", Engine::vllm, "gptq_act", 3.90, 0.01, "TheBloke/Llama-2-7b-Chat-GPTQ"},
    {"llama2-7b", Engine::vllm, "gptq_g64_act", 4.02, 0.01, "TheBloke/Llama-2-7b-Chat-GPTQ"},
    {"llama2-7b", Engine::vllm, "gptq_g32_act", 4.28, 0.01, "TheBloke/Llama-2-7b-Chat-GPTQ"},
    {"llama2-13b", Engine::vllm, "gptq", 7.26, 0.01, "TheBloke/MythoMax-L2-13B-GPTQ"},
    {"llama2-13b", Engine::vllm, "gptq_g64_act", 7.51, 0.01, "TheBloke/MythoMax-L2-13B-GPTQ"},
    {"llama2-13b", Engine::vllm, "gptq_g32_act", 8.00, 0.01, "TheBloke/MythoMax-L2-13B-GPTQ"},
    {"mistral-7b-v0.1", Engine::vllm, "gptq_act", 4.16, 0.01, "TheBloke/zephyr-7B-beta-GPTQ"},
    {"mistral-7b-v0.1", Engine::vllm, "gptq_g32_act", 4.57, 0.01, "TheBloke/zephyr-7B-beta-GPTQ"},
    {"llama2-70b", Engine::vllm, "gptq_act", 36.65, 0.01, "TheBloke/vigogne-2-70B-chat-GPTQ"},
    {"llama2-70b", Engine::vllm, "gptq_g64_act", 37.99, 0.01, "TheBloke/StableBeluga2-70B-GPTQ"},
    {"llama2-70b", Engine::vllm, "gptq_g32_act", 40.66, 0.01, "TheBloke/StableBeluga2-70B-GPTQ"},
    {"mixtral-8x7b", Engine::vllm, "gptq_act", 24.70, 0.01,
     "TheBloke/Mixtral-8x7B-Instruct-v0.1-GPTQ"},
    {"mixtral-8x7b", Engine::vllm, "gptq_g32_act", 27.42, 0.01,
     "TheBloke/Mixtral-8x7B-Instruct-v0.1-GPTQ"},
    {"codellama-34b", Engine::vllm, "gptq", 18.33, 0.01, "TheBloke/CodeLlama-34B-Instruct-GPTQ"},
    {"codellama-34b", Engine::vllm, "gptq_g64_act", 18.98, 0.01,
     "TheBloke/CodeLlama-34B-Instruct-GPTQ"},
    {"codellama-34b", Engine::vllm, "gptq_g32_act", 20.28, 0.01,
     "TheBloke/CodeLlama-34B-Instruct-GPTQ"},
    {"llama3.1-8b", Engine::vllm, "fp8", 9.08, 0.01, "nvidia/Llama-3.1-8B-Instruct-FP8"},
    {"llama3.1-8b", Engine::mlx, "mlx_4bit", 4.52, 0.01, "mlx-community/Llama-3-8B-16K-4bit"},
    {"llama3.2-1b", Engine::mlx, "mlx_4bit", 0.695, 0.001,
     "mlx-community/Llama-3.2-1B-Instruct-4bit"},
    {"llama2-13b", Engine::exllama, "exl2_2.5bpw", 4.43, 0.01, "turboderp/Llama2-13B-exl2"},
    {"llama2-13b", Engine::exllama, "exl2_3.0bpw", 5.22, 0.01, "turboderp/Llama2-13B-exl2"},
    {"llama2-13b", Engine::exllama, "exl2_3.5bpw", 6.02, 0.01, "turboderp/Llama2-13B-exl2"},
    {"llama2-13b", Engine::exllama, "exl2_5.0bpw", 8.40, 0.1, "turboderp/Llama2-13B-exl2"},
    {"llama2-13b", Engine::exllama, "exl2_8.0bpw", 13.15, 0.01, "turboderp/Llama2-13B-exl2"},
    {"llama3-8b", Engine::exllama, "exl2_4.0bpw", 4.96, 0.01, "turboderp/Llama-3-8B-Instruct-exl2"},
    {"llama3-8b", Engine::exllama, "exl2_6.0bpw", 6.70, 0.1, "turboderp/Llama-3-8B-Instruct-exl2"},
};

double computed_gigabytes(const Row& row) {
  const auto& catalog = Catalog::builtin();
  const auto* const record = catalog.find_model(row.model);
  const auto* const format = catalog.find_format(row.engine, row.format);
  REQUIRE(record != nullptr);
  REQUIRE(format != nullptr);
  const auto weights = weigh(make_model(*record).value(), *format).value();
  return static_cast<double>(weights.tensor_bytes.count()) / 1e9;
}

}  // namespace

TEST_CASE("checkpoints of served formats have the published size", "[truth]") {
  test::Score score("served checkpoints (GB of 3 digits)", 0.005);
  for (const auto& row : rows) {
    const auto computed = computed_gigabytes(row);
    const auto off = std::abs(computed - row.gigabytes) / row.gigabytes;
    score.add(std::string(row.repository) + " " + std::string(row.format),
              std::llround(computed * 1000), std::llround(row.gigabytes * 1000));
    INFO(row.repository << " " << row.format << ": " << computed << " GB, not " << row.gigabytes);
    CHECK((off <= 0.005 || std::abs(computed - row.gigabytes) <= row.step));
  }
  score.print();
}
