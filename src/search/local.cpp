// SPDX-License-Identifier: MIT
#include <algorithm>

#include "search/hardware.hpp"

namespace llmfit::search {
namespace {

constexpr std::string_view free_rule = "what is free on this machine now";
constexpr std::string_view reserved_rule = "what is free on this machine now, less --reserve";
constexpr std::string_view given_rule = "set by --usable, as far as it is free on this machine now";

void add_local(HardwareSet& set, const LocalDevice& found, const DeviceLimits& limits) {
  if (set.gpus.empty() || set.gpus.back().gpu != found.gpu) set.gpus.push_back({found.gpu, 0});
  set.gpus.back().count += 1;
  if (found.basis == Basis::estimate) set.usable_basis = Basis::estimate;
  set.devices.push_back(
      limited(found.device, std::max(found.device.whole(), ceiling_of(*found.gpu)), limits));
  set.per_node = static_cast<std::int32_t>(set.devices.size());
}

HardwareSet owned_set(const DeviceLimits& limits) {
  HardwareSet set;
  set.owned = true;
  set.usable_is_given = limits.sets_size();
  set.usable_rule = limits.sets_size()          ? given_rule
                    : limits.reserve > Bytes{0} ? reserved_rule
                                                : free_rule;
  return set;
}

HardwareSet set_of(std::span<const LocalDevice> devices, const DeviceLimits& limits) {
  auto set = owned_set(limits);
  for (const auto& device : devices) add_local(set, device, limits);
  return set;
}

std::vector<HardwareSet> growing(std::span<const LocalDevice> kind, const DeviceLimits& limits) {
  std::vector<HardwareSet> sets;
  const std::size_t most = is_slice(*kind.front().gpu) ? 1 : kind.size();
  for (std::size_t count = 1; count <= most; ++count) {
    sets.push_back(set_of(kind.first(count), limits));
  }
  return sets;
}

/// Equal cards together, the one with the most free memory first.
std::vector<LocalDevice> sorted(std::vector<LocalDevice> devices) {
  std::vector<const GpuRecord*> order;
  for (const auto& device : devices) {
    if (std::find(order.begin(), order.end(), device.gpu) == order.end()) {
      order.push_back(device.gpu);
    }
  }
  const auto place = [&](const LocalDevice& device) {
    return std::find(order.begin(), order.end(), device.gpu) - order.begin();
  };
  std::stable_sort(devices.begin(), devices.end(), [&](const auto& a, const auto& b) {
    return place(a) != place(b) ? place(a) < place(b) : a.device.usable > b.device.usable;
  });
  return devices;
}

Bytes memory_of(const HardwareSet& set) {
  Bytes sum;
  for (const auto& device : set.devices) sum += device.usable;
  return sum;
}

/// Only sets of that many cards, and no list without one.
void keep_count(std::vector<std::vector<HardwareSet>>& kinds, std::size_t count) {
  for (auto& kind : kinds) {
    std::erase_if(kind, [&](const HardwareSet& set) { return set.devices.size() != count; });
  }
  std::erase_if(kinds, [](const auto& kind) { return kind.empty(); });
}

bool can_stand_together(const LocalDevice& device) { return !is_slice(*device.gpu); }

}  // namespace

std::vector<std::vector<HardwareSet>> local_sets(const LocalMachine& machine,
                                                 const DeviceLimits& limits) {
  std::vector<std::vector<HardwareSet>> result;
  if (machine.devices.empty()) {
    auto set = owned_set(limits);
    const auto host = machine.host.value_or(Device{});
    set.devices = {limited(host, host.whole(), limits)};
    set.usable_basis = Basis::estimate;
    return {{std::move(set)}};
  }
  const auto devices = sorted(machine.devices);
  const std::span<const LocalDevice> all(devices);
  for (std::size_t first = 0; first < all.size();) {
    auto last = first + 1;
    while (last < all.size() && all[last].gpu == all[first].gpu) ++last;
    result.push_back(growing(all.subspan(first, last - first), limits));
    first = last;
  }
  if (result.size() > 1 && std::all_of(all.begin(), all.end(), can_stand_together)) {
    result.push_back({set_of(all, limits)});
  } else {
    std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
      return memory_of(a.back()) < memory_of(b.back());
    });
  }
  if (!machine.count) return result;
  const auto count = std::min(static_cast<std::size_t>(*machine.count), all.size());
  keep_count(result, count);
  if (result.empty()) result.push_back({set_of(all.first(count), limits)});
  return result;
}

}  // namespace llmfit::search
