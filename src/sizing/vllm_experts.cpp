// SPDX-License-Identifier: MIT
#include "sizing/vllm_experts.hpp"

#include "sizing/widths.hpp"

namespace llmfit::sizing::vllm {
namespace {

/// Multiples that a kernel rounds the widths of an expert and of the hidden state up to.
struct Steps {
  std::int64_t width;
  std::int64_t hidden;
};

/// vllm/model_executor/layers/quantization/mxfp4.py. The start-up logs of gpt-oss-20b agree: 13.72
/// GiB on four consumer cards and 13.70 on an A100 (Marlin), 13.47 on H100 (Triton), 14.31 on a
/// Radeon.
Steps steps_of(Platform platform) {
  switch (platform) {
    case Platform::cuda_hopper:
      return {64, 256};
    case Platform::cuda_blackwell:
    case Platform::rocm:
      return {256, 256};
    default:
      return {128, 256};
  }
}

}  // namespace

double expert_padding(const Model& model, Platform platform, std::int64_t ranks) {
  if (!model.arch.experts || model.arch.experts->ffn_size <= 0) return 1;
  const auto steps = steps_of(platform);
  const Elements whole_width{model.arch.experts->ffn_size};
  const auto width = ceil_div(whole_width, ranks);
  const Elements hidden{model.arch.hidden_size};
  const auto grown = [](Elements value, std::int64_t step) {
    return static_cast<double>(pad(value, step).count());
  };
  const auto before =
      static_cast<double>(whole_width.count()) * static_cast<double>(hidden.count());
  return grown(width, steps.width) * static_cast<double>(ranks) * grown(hidden, steps.hidden) /
         before;
}

double expert_scale(const Model& model, const VllmSettings& settings, std::int64_t ranks) {
  const auto cut = settings.expert_parallel ? 1 : ranks;
  return expert_padding(model, settings.platform, cut) / expert_padding(model, Platform::cuda, 1);
}

}  // namespace llmfit::sizing::vllm
