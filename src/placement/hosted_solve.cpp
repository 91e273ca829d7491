// SPDX-License-Identifier: MIT
// As little as suffices on the host: the most layers on devices, or the experts of the fewest
// blocks in host memory.
#include <algorithm>
#include <utility>

#include "placement/hosted.hpp"
#include "placement/largest.hpp"
#include "placement/sharing.hpp"

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
  settings.gpu_layers =
      static_cast<std::int32_t>(std::max<std::int64_t>(0, largest(0, most, with)));
  return settings;
}

/// Blocks without their experts are small, so that shares by memory leave the first cards empty:
/// here each takes as many blocks as it holds, and the last the rest with the output.
LlamaCppSettings HostedPlacer::packed(LlamaCppSettings settings) const {
  const auto count = situation_.devices.size();
  if (count < 2 || !settings.tensor_split.empty() || works_on_one(situation_.workload)) {
    return settings;
  }
  auto workload = situation_.workload;
  workload.llama_cpp = settings;
  const auto loads = place(workload).loads;
  const auto blocks = model_.blocks_on_device(workload, parts(workload));
  std::vector<double> shares(count, 0.0);
  std::size_t next = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const auto& others = loads[i];
    auto left = situation_.devices[i].usable - others.compute.value_or(Bytes{0}) -
                others.runtime.value_or(Bytes{0});
    for (; next < blocks.size() && left >= blocks[next]; ++next) {
      left -= blocks[next];
      shares[i] += 1;
    }
  }
  shares.back() = static_cast<double>(llama_cpp::counted_blocks(situation_.model) + 1) -
                  static_cast<double>(next);
  settings.tensor_split = std::move(shares);
  return settings;
}

LlamaCppSettings HostedPlacer::solve_experts(LlamaCppSettings settings) const {
  const auto blocks = static_cast<std::int64_t>(situation_.model.layers.size());
  const auto asked = settings;
  const auto with = [&](std::int64_t kept) {
    settings = asked;
    settings.cpu_moe = static_cast<std::int32_t>(blocks - kept);
    const auto usual = headroom_with(settings);
    if (usual >= 0) return usual;
    settings = packed(settings);
    return settings.tensor_split == asked.tensor_split ? usual : headroom_with(settings);
  };
  const auto kept = std::max<std::int64_t>(0, largest(0, blocks - 1, with));
  with(kept);
  return settings;
}

LlamaCppSettings HostedPlacer::solve() const {
  const auto& asked = situation_.workload.llama_cpp;
  const auto mode = situation_.workload.offload;
  if (mode == Offload::layers || !has_experts(situation_.model)) return solve_layers(asked);
  auto experts = solve_experts(asked);
  if (mode == Offload::experts || headroom_with(experts) >= 0) return experts;
  experts.tensor_split = asked.tensor_split;
  return solve_layers(experts);
}

}  // namespace llmfit::placement
