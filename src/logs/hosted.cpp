// SPDX-License-Identifier: MIT
#include "logs/hosted.hpp"

#include <algorithm>
#include <cmath>

#include "logs/expected.hpp"
#include "logs/places.hpp"
#include "sizing/hosted.hpp"

namespace llmfit::logs {
namespace {

namespace engine = sizing::llama_cpp;

bool routes(const Sheet& sheet) {
  const auto& layers = sheet.question.model.layers;
  return std::any_of(layers.begin(), layers.end(), engine::has_routed_experts);
}

}  // namespace

std::optional<std::int32_t> inferred_cpu_moe(const Sheet& sheet) {
  constexpr double same = 0.002;  // of the host's weights
  const auto on_host = measured_on(sheet.question.facts, Measure::weights, host);
  if (!on_host || !routes(sheet) || offload_of(sheet.question.facts) != Offload::all) {
    return std::nullopt;
  }
  auto sum = sheet.weights.host;
  std::int32_t blocks = 0;
  for (const auto& block : sheet.weights.blocks) {
    ++blocks;
    if (block.host_routed == Bytes{0}) continue;
    sum += block.host_routed;
    const auto apart = std::abs(number(sum) - on_host->amount);
    if (apart < same * on_host->amount + on_host->rounding) return blocks;
  }
  return std::nullopt;
}

std::optional<LlamaCppSettings> hosted_settings(const Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  if (cards(facts).size() != 1 || sheet.question.model.known_by_size_only) return std::nullopt;
  auto settings = sheet.question.workload.llama_cpp;
  const auto offload = offload_of(facts);
  if (offload == Offload::none) return std::nullopt;
  if (offload == Offload::part) settings.gpu_layers = static_cast<std::int32_t>(*facts.offloaded);
  if (!engine::keeps_on_host(sheet.question.model, settings)) {
    const auto blocks = inferred_cpu_moe(sheet);
    if (!blocks) return std::nullopt;
    settings.cpu_moe = *blocks;
  }
  return settings;
}

HostedBands hosted_bands(const Sheet& sheet, const LlamaCppSettings& settings) {
  const auto& question = sheet.question;
  auto workload = question.workload;
  workload.llama_cpp = settings;
  const engine::HostedModel model(question.model, sheet.weights, question.format);
  const auto parts = engine::parts_of_one_device(question.model, settings);
  const auto loads = model.loads(workload, parts);
  HostedBands bands{within(loads[0].weights, weights_thousandths),
                    within(loads[1].weights, weights_thousandths), {}, {}};
  if (question.facts.fork || !sheet.footprint.of(TermKind::compute)) return bands;
  const engine::TensorSizes sizes(question.model, question.format);
  const sizing::CacheRule rule(question.model, model.widths(), workload);
  const auto buffers =
      engine::scheduled_compute(rule, model.widths(), planned_batch(sheet), parts, sizes);
  bands.card_compute = compute_band(rule, buffers[0]);
  bands.host_compute = compute_band(rule, buffers[1]);
  return bands;
}

}  // namespace llmfit::logs
