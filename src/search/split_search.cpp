// SPDX-License-Identifier: MIT
#include "search/split_search.hpp"

#include <algorithm>

#include "placement/hosted.hpp"

namespace llmfit::search {
namespace {

constexpr std::string_view two_makers = "vLLM runs on cards of one maker at a time";

Bytes least_headroom(const Placement& placement) {
  auto least = Bytes::max();
  for (const auto& device : placement.devices) least = std::min(least, device.headroom);
  return least;
}

/// Idle cards hold nothing, which is known.
DeviceLoad nothing() {
  const Bytes none{0};
  return {none, none, none, none, none};
}

bool are_equal(const HardwareSet& set) {
  return set.gpus.size() == 1 && set.gpus.front().count >= 1;
}

/// Sizes that somebody set use every card, or nothing is said about the others.
bool may_leave_idle(const FormatContext& context, const HardwareSet& set) {
  const auto& asked = context.workload.split;
  const bool open = !asked.tensor && !asked.pipeline && !asked.data;
  return open && are_equal(set) && set.nodes == 1;
}

class SplitSearch {
 public:
  SplitSearch(const FormatContext& context, const HardwareSet& set)
      : context_(context), set_(set), count_(static_cast<std::int32_t>(set.devices.size())) {}

  std::optional<SplitRefusal> run(Placement& placement) {
    if (has_two_makers()) return SplitRefusal{Reason::not_divisible, two_makers};
    const bool holds = try_cards(count_) || try_idle_cards();
    if (!holds && best_) try_offload();
    if (best_) {
      placement = std::move(*best_);
      return std::nullopt;
    }
    const auto choice = choose_split(context_.model, *context_.choice.format, context_.workload,
                                     count_, set_.per_node);
    return SplitRefusal{choice.reason.value_or(Reason::not_divisible), choice.why};
  }

 private:
  /// True where `used` of the cards hold the model in some split.
  bool try_cards(std::int32_t used) {
    const auto found = split_shapes(context_.model, context_.workload, used, set_.per_node);
    for (const auto& split : found.shapes) {
      const auto& format = *context_.choice.format;
      if (!split_obstacle(context_.model, format, context_.workload, split).empty()) continue;
      auto placed = place(context_, split);
      if (placed.fits) {
        best_ = std::move(placed);
        return true;
      }
      const bool better = !best_ || least_headroom(placed) > least_headroom(*best_);
      if (used == count_ && better) best_ = std::move(placed);
    }
    return false;
  }

  /// A search from small to large sets has tried the smaller ones already.
  bool try_idle_cards() {
    if (!may_leave_idle(context_, set_)) return false;
    const auto* gpu = set_.gpus.front().gpu;
    const auto failed = context_.shares.failed(gpu);
    for (auto used = count_ - 1; used > failed; --used) {
      if (try_cards(used)) return true;
    }
    context_.shares.fail(gpu, count_);
    return false;
  }

  [[nodiscard]] bool has_two_makers() const {
    const auto& gpus = set_.gpus;
    return std::any_of(gpus.begin(), gpus.end(), [&](const GpuCount& part) {
      return part.gpu->vendor != gpus.front().gpu->vendor;
    });
  }

  /// The whole GiB of each card's weights that are too much for it.
  void try_offload() {
    if (context_.workload.offload != Offload::automatic) return;
    const auto missing = -least_headroom(*best_).count();
    auto workload = context_.workload;
    const auto unit = gib(1).count();
    workload.vllm.cpu_offload += gib((missing + unit - 1) / unit);
    const FormatContext other{
        context_.catalog, context_.model,  context_.request, context_.offers,    context_.choice,
        context_.engine,  workload,        context_.weights, context_.footprint, context_.draft,
        context_.shares,  context_.speeds, context_.cards};
    auto placed = place(other, best_->split);
    if (placed.fits) best_ = std::move(placed);
  }

  [[nodiscard]] std::vector<DeviceLoad> loads_of(const FormatContext& context,
                                                 const Split& split) const {
    const auto devices = std::span<const Device>(set_.devices);
    const auto used = devices.first(static_cast<std::size_t>(split.devices()));
    // What was solved for one set is not what others take.
    if (!are_equal(set_) || &context != &context_) return loads_on(context, split, used);
    const auto kind = kind_of(context.workload, used.front());
    if (const auto* known = context.shares.find(split, kind)) return known->loads;
    auto loads = loads_on(context, split, used);
    context.shares.keep({split, loads, std::nullopt, kind});
    return loads;
  }

  [[nodiscard]] Placement place(const FormatContext& context, const Split& split) const {
    auto loads = loads_of(context, split);
    loads.resize(set_.devices.size(), nothing());
    auto placed = judge(loads, set_.devices, split, context.workload);
    placed.host = vllm_host_share(context.model, context.weights, context.workload, split);
    return placed;
  }

  const FormatContext& context_;
  const HardwareSet& set_;
  std::int32_t count_;
  std::optional<Placement> best_;
};

}  // namespace

std::optional<SplitRefusal> place_vllm(const FormatContext& context, const HardwareSet& set,
                                       Placement& placement) {
  return SplitSearch(context, set).run(placement);
}

bool place_on_fewer(const FormatContext& context, const HardwareSet& set, Placement& placement) {
  // MLX has no second device, so its machine of two is not one with an idle card.
  if (!may_leave_idle(context, set) || context.workload.engine == Engine::mlx) return false;
  auto used = static_cast<std::int32_t>(set.devices.size()) - 1;
  for (; used >= 1; --used) {
    const auto choice =
        choose_split(context.model, *context.choice.format, context.workload, used, set.per_node);
    if (!choice.split) continue;
    const auto devices = std::span<const Device>(set.devices);
    auto loads = loads_on(context, *choice.split, devices.first(static_cast<std::size_t>(used)));
    loads.resize(set.devices.size(), nothing());
    placement = judge(loads, set.devices, *choice.split, context.workload);
    return true;
  }
  return false;
}

std::vector<Device> used_devices(const Candidate& candidate) {
  const auto used =
      std::min(candidate.devices.size(), static_cast<std::size_t>(candidate.split.devices()));
  std::vector<Device> devices;
  devices.reserve(used);
  for (std::size_t i = 0; i < used; ++i) {
    const auto& device = candidate.devices[i];
    devices.push_back({device.usable, device.platform, device.total});
  }
  return devices;
}

Workload placed_workload(const FormatContext& context, const Candidate& candidate) {
  if (!candidate.offload) return context.workload;
  if (context.workload.engine != Engine::vllm) {
    return placement::with_host_share(context.workload, *candidate.offload);
  }
  auto workload = context.workload;
  workload.vllm.cpu_offload = candidate.offload->per_device;
  return workload;
}

}  // namespace llmfit::search
