// SPDX-License-Identifier: MIT
#include <algorithm>

#include "llmfit/placement.hpp"
#include "placement/sharing.hpp"

namespace llmfit {

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::out_of_memory:
      return "out_of_memory";
    case Reason::engine_unsupported:
      return "engine_unsupported";
    case Reason::format_unsupported:
      return "format_unsupported";
    case Reason::not_divisible:
      return "not_divisible";
    case Reason::over_budget:
      return "over_budget";
    case Reason::context_exceeds_model:
      return "context_exceeds_model";
  }
  return "unknown";
}

Bytes DeviceLoad::total() const {
  const Bytes none{0};
  return weights + kv_cache.value_or(none) + state.value_or(none) + compute.value_or(none) +
         runtime.value_or(none);
}

Placement judge(const std::vector<DeviceLoad>& loads, std::span<const Device> devices, Split split,
                const Workload& workload) {
  Placement placement;
  placement.split = split;
  placement.fits = !loads.empty() && loads.size() == devices.size();
  const auto count = std::min(loads.size(), devices.size());
  placement.devices.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto cache = loads[i].kv_cache.value_or(Bytes{0}) + loads[i].state.value_or(Bytes{0});
    const auto headroom = placement::headroom(workload, placement::available(workload, devices[i]),
                                              cache, loads[i].total() - cache);
    placement.devices.push_back(
        {loads[i], devices[i].usable, headroom, devices[i].platform, devices[i].total});
    placement.fits = placement.fits && headroom >= Bytes{0};
  }
  return placement;
}

Placement place(const Model& model, const Footprint& footprint, const Workload& workload,
                Split split, std::span<const Device> devices) {
  return judge(share(model, footprint, workload, split, devices), devices, split, workload);
}

}  // namespace llmfit
