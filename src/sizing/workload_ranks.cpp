// SPDX-License-Identifier: MIT
#include "sizing/workload_ranks.hpp"

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::sizing {
namespace {

/// Ranks or layers, a few thousand at most.
Result<std::int32_t> small_count(const Setting& setting, std::string_view text) {
  constexpr std::int64_t most = 4096;
  const auto value = base::parse_int(text);
  if (!value || *value < 1 || *value > most) {
    return wrong_value(setting, "whole numbers from 1 to " + std::to_string(most));
  }
  return static_cast<std::int32_t>(*value);
}

}  // namespace

Result<void> set_data_ranks(Draft& draft, const Setting& setting) {
  const auto value = small_count(setting, setting.value);
  if (!value) return tl::unexpected(value.error());
  draft.workload.split.data = *value;
  return {};
}

Result<void> set_decode_context(Draft& draft, const Setting& setting) {
  const auto value = small_count(setting, setting.value);
  if (!value) return tl::unexpected(value.error());
  draft.workload.vllm.decode_context = *value;
  return {};
}

Result<void> set_cpu_offload(Draft& draft, const Setting& setting) {
  constexpr double most = 1e6;
  const auto value = base::parse_number(setting.value);
  if (!value || *value < 0 || *value > most) return wrong_value(setting, "GiB from 0 on");
  draft.workload.vllm.cpu_offload =
      Bytes{static_cast<std::int64_t>(*value * static_cast<double>(gib(1).count()))};
  return {};
}

/// "20,12": of each stage, the environment variable VLLM_PP_LAYER_PARTITION.
Result<void> set_stage_layers(Draft& draft, const Setting& setting) {
  std::vector<std::int32_t> layers;
  for (const auto& part : base::split(setting.value, ',')) {
    const auto value = small_count(setting, part);
    if (!value) return tl::unexpected(value.error());
    layers.push_back(*value);
  }
  draft.workload.vllm.stage_layers = std::move(layers);
  return {};
}

}  // namespace llmfit::sizing
