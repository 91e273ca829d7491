// SPDX-License-Identifier: MIT
#include "search/hardware.hpp"

#include <algorithm>

#include "base/numbers.hpp"

namespace llmfit::search {
namespace {

void add_devices(HardwareSet& set, const GpuRecord& gpu, std::int32_t count) {
  const auto capacity = usable_bytes(gpu);
  if (capacity.basis == Basis::estimate) set.usable_basis = Basis::estimate;
  set.devices.insert(set.devices.end(), static_cast<std::size_t>(count),
                     Device{capacity.usable, platform_of(gpu)});
}

}  // namespace

std::int32_t machine_size(const GpuRecord& gpu) {
  return std::clamp(gpu.max_per_machine, 1, machine_gpus);
}

bool is_buildable(const GpuRecord& gpu, std::int32_t count) {
  const auto size = machine_size(gpu);
  return count <= size || (size == machine_gpus && count % machine_gpus == 0);
}

HardwareSet equal_cards(const GpuRecord& gpu, std::int32_t count) {
  HardwareSet set;
  set.gpus = {{&gpu, static_cast<double>(count)}};
  add_devices(set, gpu, count);
  const auto size = machine_size(gpu);
  set.per_node = std::min(count, size);
  set.nodes = (count + size - 1) / size;
  return set;
}

HardwareSet slice_of(const GpuRecord& gpu, const OfferRecord& offer) {
  HardwareSet set;
  set.gpus = {{&gpu, offer.gpu_count}};
  const auto capacity = usable_slice_bytes(offer.slice_memory_gib.value_or(0));
  set.usable_basis = capacity.basis;
  set.devices = {Device{capacity.usable}};
  set.offer = &offer;
  return set;
}

HardwareSet mixed_cards(const std::vector<GpuCount>& gpus) {
  HardwareSet set;
  set.gpus = gpus;
  for (const auto& part : gpus) {
    add_devices(set, *part.gpu, static_cast<std::int32_t>(part.count));
  }
  set.per_node = static_cast<std::int32_t>(set.devices.size());
  return set;
}

HardwareSet host_memory(const OfferRecord& offer) {
  HardwareSet set;
  set.offer = &offer;
  const auto capacity = usable_host_bytes(offer.ram_gib.value_or(0));
  set.usable_basis = capacity.basis;
  set.devices = {Device{capacity.usable}};
  return set;
}

std::vector<Device> card_devices(const Catalog& catalog) {
  std::vector<Device> devices;
  devices.reserve(catalog.gpus().size());
  for (const auto& gpu : catalog.gpus()) devices.push_back(equal_cards(gpu, 1).devices.front());
  return devices;
}

std::vector<std::int32_t> counts_to_try(const GpuRecord& gpu, std::int32_t max_gpus) {
  std::vector<std::int32_t> counts;
  counts.reserve(2 * machine_gpus);
  const auto size = machine_size(gpu);
  for (std::int32_t count = 1; count <= std::min(max_gpus, size); ++count) counts.push_back(count);
  for (std::int32_t count = 2 * machine_gpus; count <= max_gpus; count += machine_gpus) {
    if (is_buildable(gpu, count)) counts.push_back(count);
  }
  return counts;
}

std::string describe(const std::vector<GpuCount>& gpus) {
  if (gpus.empty()) return "host memory";
  std::string text;
  for (const auto& part : gpus) {
    if (!text.empty()) text += " + ";
    text += base::shortest(part.count) + " x " + std::string(part.gpu->name);
  }
  return text;
}

std::string option_text(const std::vector<GpuCount>& gpus) {
  if (gpus.empty()) return "--gpu cpu";
  std::string text;
  for (const auto& part : gpus) {
    text.append(text.empty() ? "" : " ").append("--gpu ").append(part.gpu->id);
    if (part.count >= 1) text.append("x").append(base::shortest(part.count));
  }
  return text;
}

bool engine_runs_on(const EngineRecord& engine, const GpuRecord& gpu) {
  const auto& vendors = engine.vendors;
  if (!vendors.empty() && std::find(vendors.begin(), vendors.end(), gpu.vendor) == vendors.end()) {
    return false;
  }
  return !engine.min_compute_capability || !gpu.compute_capability ||
         *gpu.compute_capability >= *engine.min_compute_capability;
}

bool format_runs_on(const Format& format, const GpuRecord& gpu) {
  return !format.min_compute_capability || !gpu.compute_capability ||
         *gpu.compute_capability >= *format.min_compute_capability;
}

}  // namespace llmfit::search
