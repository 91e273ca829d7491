// SPDX-License-Identifier: MIT
#include "search/hardware.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "search/support.hpp"

namespace llmfit::search {
namespace {

std::string_view limit_rule(const DeviceLimits& limits) {
  const bool reserves = limits.reserve > Bytes{0};
  if (limits.sets_size()) return reserves ? "set by --usable, less --reserve" : "set by --usable";
  return reserves ? "the memory that a program sees, less --reserve" : std::string_view{};
}

void note_limits(HardwareSet& set, const DeviceLimits& limits) {
  set.usable_is_given = limits.sets_size();
  set.usable_rule = limit_rule(limits);
}

void add_devices(HardwareSet& set, const GpuRecord& gpu, std::int32_t count,
                 const DeviceLimits& limits) {
  const auto capacity = usable_bytes(gpu);
  if (capacity.basis == Basis::estimate) set.usable_basis = Basis::estimate;
  Device device{capacity.usable, platform_of(gpu)};
  if (limits.any()) {
    device = limited(device, ceiling_of(gpu), limits);
    note_limits(set, limits);
  }
  set.devices.insert(set.devices.end(), static_cast<std::size_t>(count), device);
}

/// One device of no card: host memory or a slice that an offer sells.
void add_device(HardwareSet& set, const Capacity& capacity, Bytes ceiling,
                const DeviceLimits& limits) {
  set.usable_basis = capacity.basis;
  set.devices = {limited(Device{capacity.usable}, ceiling, limits)};
  note_limits(set, limits);
}

Bytes from_gib(double gib) { return Bytes{static_cast<std::int64_t>(gib * 1073741824.0)}; }

}  // namespace

std::int32_t machine_size(const GpuRecord& gpu) {
  return std::clamp(gpu.max_per_machine, 1, machine_gpus);
}

bool is_buildable(const GpuRecord& gpu, std::int32_t count) {
  const auto size = machine_size(gpu);
  return count <= size || (size == machine_gpus && count % machine_gpus == 0);
}

HardwareSet equal_cards(const GpuRecord& gpu, std::int32_t count, const DeviceLimits& limits) {
  HardwareSet set;
  set.gpus = {{&gpu, static_cast<double>(count)}};
  add_devices(set, gpu, count, limits);
  const auto size = machine_size(gpu);
  set.per_node = std::min(count, size);
  set.nodes = (count + size - 1) / size;
  return set;
}

HardwareSet slice_of(const GpuRecord& gpu, const OfferRecord& offer, const DeviceLimits& limits) {
  HardwareSet set;
  set.gpus = {{&gpu, offer.gpu_count}};
  const auto capacity = usable_slice_bytes(offer.slice_memory_gib.value_or(0));
  add_device(set, capacity, capacity.usable, limits);
  set.offer = &offer;
  return set;
}

HardwareSet mixed_cards(const std::vector<GpuCount>& gpus, const DeviceLimits& limits) {
  HardwareSet set;
  set.gpus = gpus;
  for (const auto& part : gpus) {
    add_devices(set, *part.gpu, static_cast<std::int32_t>(part.count), limits);
  }
  set.per_node = static_cast<std::int32_t>(set.devices.size());
  return set;
}

HardwareSet host_memory(const OfferRecord& offer, const DeviceLimits& limits) {
  HardwareSet set;
  set.offer = &offer;
  const auto ram_gib = offer.ram_gib.value_or(0);
  add_device(set, usable_host_bytes(ram_gib), from_gib(ram_gib), limits);
  return set;
}

HardwareSet own_host(double memory_gib, const DeviceLimits& limits) {
  HardwareSet set;
  set.owned = true;
  add_device(set, usable_host_bytes(memory_gib), from_gib(memory_gib), limits);
  return set;
}

std::vector<Device> card_devices(const Catalog& catalog, const DeviceLimits& limits) {
  std::vector<Device> devices;
  devices.reserve(catalog.gpus().size());
  for (const auto& gpu : catalog.gpus()) devices.push_back(device_of(gpu, limits));
  return devices;
}

bool is_slice(const GpuRecord& gpu) { return gpu.segment == "slice"; }

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
  return obstacle(support_of(engine), gpu) == Obstacle::none;
}

bool format_runs_on(const Format& format, const GpuRecord& gpu) {
  return obstacle(support_of(format), gpu) == Obstacle::none;
}

}  // namespace llmfit::search
