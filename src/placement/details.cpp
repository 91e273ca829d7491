// SPDX-License-Identifier: MIT
#include <algorithm>
#include <vector>

#include "llmfit/placement.hpp"
#include "placement/hosted.hpp"
#include "placement/sharing.hpp"
#include "sizing/state.hpp"

namespace llmfit {
namespace {

using placement::Pieces;
using placement::StageRange;

std::vector<Device> devices_of(const std::vector<DevicePlacement>& placed) {
  std::vector<Device> devices;
  devices.reserve(placed.size());
  for (const auto& device : placed) devices.push_back({device.usable, device.platform});
  return devices;
}

/// Blocks with the cache and the state of one of `ranks` tensor ranks.
std::vector<BlockLoad> blocks_on_rank(const Model& model, const Weights& weights,
                                      const Workload& workload, std::int64_t ranks) {
  auto blocks = weights.blocks;
  if (model.known_by_size_only) return blocks;
  const auto widths = sizing::widths_of(model);
  const sizing::CacheRule rule(model, widths, workload, ranks);
  sizing::fill_cache(rule, blocks);
  sizing::fill_state(rule, blocks);
  return blocks;
}

std::optional<LayerSpan> span_of(const StageRange& range, const Model& model) {
  const auto last = std::min(range.last, model.layers.size());
  if (last <= range.first) return std::nullopt;
  return LayerSpan{static_cast<std::int32_t>(range.first), static_cast<std::int32_t>(last) - 1};
}

Bytes together(const placement::StageSums& sums) { return sums.weights + sums.cache + sums.state; }

/// What one rank of a stage holds beyond an even part of what one device would hold alone.
class Copies {
 public:
  Copies(const Model& model, const Weights& weights, const Workload& workload, const Split& split,
         std::span<const Device> devices)
      : model_(model),
        weights_(weights),
        workload_(placement::on_devices(workload, split, devices)),
        split_(split),
        on_rank_(blocks_on_rank(model, weights, workload_, split.tensor)),
        alone_(blocks_on_rank(model, weights, whole_workload(workload), 1)) {}

  [[nodiscard]] Bytes of(const StageRange& range, std::int64_t rank, Platform platform) const {
    const auto held = together(sum_stage(pieces(on_rank_, split_, platform), range, split_, rank));
    const auto all = together(sum_stage(pieces(alone_, Split{}, platform), range, Split{}));
    if (held.overflowed() || all.overflowed()) return Bytes{0};
    const auto even = Bytes{all.count() / placement::expert_ranks(split_)};
    return std::max(held - even, Bytes{0});
  }

 private:
  /// All sequences, in batches of the same size.
  [[nodiscard]] Workload whole_workload(const Workload& asked) const {
    auto whole = workload_;
    whole.sequences = asked.sequences;
    return whole;
  }

  [[nodiscard]] Pieces pieces(const std::vector<BlockLoad>& blocks, const Split& split,
                              Platform platform) const {
    const auto scale = placement::expert_scale(model_, workload_, split, platform);
    return {model_, workload_.engine, weights_.input, blocks, weights_.output, scale, {}};
  }

  const Model& model_;
  const Weights& weights_;
  Workload workload_;
  Split split_;
  std::vector<BlockLoad> on_rank_;
  std::vector<BlockLoad> alone_;
};

/// The blocks on each stage's devices: not those on the host, and under split mode none those of
/// one device only.
std::vector<placement::StageRange> placed_ranges(const Model& model, const Weights& weights,
                                                 const Workload& workload, const Split& split,
                                                 std::span<const Device> devices) {
  const auto count = weights.blocks.size();
  const auto begin = placement::host_blocks(model, workload);
  auto ranges = placement::stage_ranges(model, workload, count - begin, split, devices);
  for (auto& range : ranges) {
    range.first += begin;
    range.last += begin;
  }
  if (!placement::works_on_one(workload)) return ranges;
  const auto main = placement::main_device(workload, devices.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) ranges[i] = {begin, i == main ? count : begin};
  return ranges;
}

}  // namespace

void add_details(std::vector<DevicePlacement>& devices, const Model& model, const Weights& weights,
                 const Workload& workload, const Split& split) {
  if (model.layers.empty()) return;
  const auto all = devices_of(devices);
  const auto dealt = placement::settled(workload, split);
  const auto ranges = placed_ranges(model, weights, workload, dealt, all);
  const auto ranks = placement::expert_ranks(dealt);
  std::optional<Copies> copies;
  if (ranks > 1) copies.emplace(model, weights, workload, dealt, all);
  for (std::size_t stage = 0; stage < ranges.size(); ++stage) {
    const auto number = static_cast<std::int64_t>(stage);
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      const auto index = placement::device_of(dealt, number, rank);
      if (index >= devices.size()) continue;
      auto& device = devices[index];
      device.layers = span_of(ranges[stage], model);
      if (!copies) continue;
      const bool same = placement::takes_the_same(model, dealt, all, number, rank);
      device.replicated = same ? devices[placement::device_of(dealt, number, rank - 1)].replicated
                               : copies->of(ranges[stage], rank, device.platform);
    }
  }
}

std::optional<HostShare> vllm_host_share(const Model& model, const Weights& weights,
                                         const Workload& workload, const Split& split) {
  const auto& asked = workload.vllm.cpu_offload;
  if (workload.engine != Engine::vllm || asked <= Bytes{0}) return std::nullopt;
  const auto dealt = placement::settled(workload, split);
  const Pieces pieces{model,          Engine::vllm, weights.input, weights.blocks,
                      weights.output, 1.0,          asked};
  HostShare host;
  host.per_device = asked;
  const auto ranges = placement::stage_ranges(model, workload, weights.blocks.size(), dealt, {});
  for (const auto& range : ranges) {
    for (std::int64_t rank = 0; rank < placement::expert_ranks(dealt); ++rank) {
      host.weights += placement::sum_stage(pieces, range, dealt, rank).on_host;
    }
  }
  return host;
}

}  // namespace llmfit
