// SPDX-License-Identifier: MIT
// As little as suffices on the host: the most layers on devices, or the experts of the fewest
// blocks in host memory.
#include <algorithm>

#include "placement/hosted.hpp"
#include "placement/largest.hpp"

namespace llmfit::placement {
namespace {

namespace llama_cpp = sizing::llama_cpp;

bool has_experts(const Model& model) {
  return std::any_of(model.layers.begin(), model.layers.end(), llama_cpp::has_routed_experts);
}

}  // namespace

std::int64_t HostedPlacer::headroom_with(const LlamaCppSettings& settings) const {
  auto workload = situation_.workload;
  workload.llama_cpp = settings;
  return headroom(workload);
}

LlamaCppSettings HostedPlacer::solve_layers(LlamaCppSettings settings) const {
  const auto with = [&](std::int64_t layers) {
    settings.gpu_layers = static_cast<std::int32_t>(layers);
    return headroom_with(settings);
  };
  const auto most = llama_cpp::counted_blocks(situation_.model);
  settings.gpu_layers = static_cast<std::int32_t>(std::max<std::int64_t>(0, largest(0, most, with)));
  return settings;
}

LlamaCppSettings HostedPlacer::solve_experts(LlamaCppSettings settings) const {
  const auto blocks = static_cast<std::int64_t>(situation_.model.layers.size());
  const auto with = [&](std::int64_t kept) {
    settings.cpu_moe = static_cast<std::int32_t>(blocks - kept);
    return headroom_with(settings);
  };
  const auto kept = std::max<std::int64_t>(0, largest(0, blocks - 1, with));
  settings.cpu_moe = static_cast<std::int32_t>(blocks - kept);
  return settings;
}

LlamaCppSettings HostedPlacer::solve() const {
  const auto& asked = situation_.workload.llama_cpp;
  const auto mode = situation_.workload.offload;
  if (mode == Offload::layers || !has_experts(situation_.model)) return solve_layers(asked);
  auto experts = solve_experts(asked);
  if (mode == Offload::experts || headroom_with(experts) >= 0) return experts;
  return solve_layers(experts);
}

}  // namespace llmfit::placement
