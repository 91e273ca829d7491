// SPDX-License-Identifier: MIT
#include "logs/hosted.hpp"

#include "logs/expected.hpp"
#include "logs/places.hpp"
#include "sizing/hosted.hpp"

namespace llmfit::logs {
namespace engine = sizing::llama_cpp;

std::optional<LlamaCppSettings> hosted_settings(const Sheet& sheet) {
  const auto& facts = sheet.question.facts;
  if (cards(facts).size() != 1 || sheet.question.model.known_by_size_only) return std::nullopt;
  auto settings = sheet.question.workload.llama_cpp;
  const auto offload = offload_of(facts);
  if (offload == Offload::none) return std::nullopt;
  if (offload == Offload::part) settings.gpu_layers = static_cast<std::int32_t>(*facts.offloaded);
  if (!engine::keeps_on_host(sheet.question.model, settings)) return std::nullopt;
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
                    within(loads[1].weights, weights_thousandths),
                    {},
                    {}};
  if (question.facts.fork || !sheet.footprint.of(TermKind::compute)) return bands;
  const engine::TensorSizes sizes(question.model, question.format);
  const sizing::CacheRule rule(question.model, model.widths(), workload);
  const auto buffers =
      engine::scheduled_compute(rule, model.widths(), planned_batch(sheet), parts, sizes);
  bands.card_compute = compute_band(rule, buffers[0]);
  // Other backends hand over other parts of the graph.
  if (!has_other_backend(question.facts)) bands.host_compute = compute_band(rule, buffers[1]);
  return bands;
}

}  // namespace llmfit::logs
