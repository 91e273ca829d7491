// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "llmfit/placement.hpp"

namespace llmfit {
namespace {

constexpr double mebibyte = 1048576.0;
constexpr double mebibytes_per_gib = 1024.0;

/// CUDA's total lies below what nvidia-smi prints. Pairs of one card, in MiB: RTX 3090 430 to 451,
/// RTX 4070 409 of 12,282, RTX 3060 379 of 12,288, RTX 5090 484, A10G 312, L4 342, T4 258 to 447,
/// A100 40GB 454 to 519, A40 654, L40S 582 to 602, H100 438 to 479, RTX PRO 6000 599 to 640,
/// A100 80GB 698 to 767, GTX 1060 81 of 6,144. 454 is the median, 3.4 % covers the largest share;
/// the smaller of the two is nowhere more than 1 % above a measured total.
constexpr double nvidia_reserve_mib = 454;
constexpr double nvidia_reserve_share = 0.034;

/// ECC takes a sixteenth of GDDR memory, and data-centre cards ship with it on (T4 15,360 of
/// 16,384, A40 46,068 of 49,152, L4 23,034 of 24,576). HBM has bits of its own for it.
constexpr double ecc_share = 1.0 / 16;

/// Every Radeon and Instinct card that was read reports its nominal size less 16 MiB (24,560 of
/// 24,576; 16,368 of 16,384; 196,592 of 196,608).
constexpr double amd_reserve_mib = 16;

/// Left to the system, drivers and firmware where nothing was measured.
constexpr double other_share = 0.95;

Bytes whole(double mebibytes) {
  return Bytes{static_cast<std::int64_t>(std::floor(std::max(0.0, mebibytes) * mebibyte))};
}

double less_nvidia_reserve(double total) {
  return total - std::min(nvidia_reserve_mib, nvidia_reserve_share * total);
}

/// nvidia-smi lists less than a slice's share of the nominal size: up to 9.6 % for small ones (1.1
/// of 11.75 GiB of an H100 94GB), up to 3 GiB for large ones (GH200, H200).
constexpr double slice_gap_share = 0.1;
constexpr double slice_gap_mib = 3072;

Capacity nvidia_rule(const GpuRecord& gpu) {
  if (gpu.driver_total_mib) {
    return {whole(less_nvidia_reserve(*gpu.driver_total_mib)), Basis::estimate,
            "nvidia-smi total less the smaller of 454 MiB and 3.4 %, the gap on measured cards"};
  }
  const double nominal = gpu.memory_gib * mebibytes_per_gib;
  if (gpu.segment == "slice") {
    return {whole(nominal - std::min(slice_gap_share * nominal, slice_gap_mib)), Basis::estimate,
            "share of the card's nominal size less the smaller of a tenth and 3 GiB, the gaps of "
            "slices that nvidia-smi listed"};
  }
  if (gpu.segment == "datacenter" && gpu.memory_type.starts_with("GDDR")) {
    return {whole(less_nvidia_reserve(nominal * (1 - ecc_share))), Basis::estimate,
            "nominal size less a sixteenth for ECC, less the smaller of 454 MiB and 3.4 %"};
  }
  return {whole(less_nvidia_reserve(nominal)), Basis::estimate,
          "nominal size less the smaller of 454 MiB and 3.4 %, the gap on measured cards"};
}

}  // namespace

bool shares_host_memory(const GpuRecord& gpu) {
  return gpu.segment == "unified" || gpu.segment == "edge" || gpu.usable_fraction.has_value();
}

Platform platform_of(const GpuRecord& gpu) {
  if (gpu.vendor == "amd") return Platform::rocm;
  // vLLM looks for the name: vllm/engine/arg_utils.py.
  if (gpu.id.find("a100") != std::string_view::npos) return Platform::cuda_a100;
  const auto capability = gpu.compute_capability.value_or(0);
  if (capability >= 90 && capability < 100) return Platform::cuda_hopper;
  return capability >= 100 && capability < 110 ? Platform::cuda_blackwell : Platform::cuda;
}

Capacity usable_bytes(const GpuRecord& gpu) {
  if (gpu.usable_mib) {
    return {whole(*gpu.usable_mib), Basis::exact, "total that the runtime reports to a program"};
  }
  const double nominal = gpu.memory_gib * mebibytes_per_gib;
  if (gpu.usable_fraction) {
    return {whole(nominal * *gpu.usable_fraction), Basis::estimate,
            gpu.vendor == "apple"
                ? "share of the memory that macOS lets the GPU wire by default"
                : "share of the memory that the firmware sets aside for the GPU at most; the "
                  "driver's limit for mapped memory may be less or more"};
  }
  if (!shares_host_memory(gpu)) {
    if (gpu.vendor == "nvidia") return nvidia_rule(gpu);
    if (gpu.vendor == "amd") {
      return {whole(nominal - amd_reserve_mib), Basis::estimate,
              "nominal size less 16 MiB, as every measured Radeon reports"};
    }
  }
  return {whole(nominal * other_share), Basis::estimate, "nominal size x 0.95"};
}

Bytes ceiling_of(const GpuRecord& gpu) {
  const auto usable = usable_bytes(gpu).usable;
  if (!shares_host_memory(gpu)) return usable;
  return std::max(usable, whole(gpu.memory_gib * mebibytes_per_gib));
}

Device limited(const Device& device, Bytes ceiling, const DeviceLimits& limits) {
  if (!limits.any()) return device;
  const Bytes none{0};
  const auto held_by_others = device.whole() - device.usable;
  auto size = device.whole();
  if (limits.share) {
    size = Bytes{static_cast<std::int64_t>(*limits.share * static_cast<double>(ceiling.count()))};
  }
  if (limits.most) size = std::min(*limits.most, ceiling);
  const auto most = limits.sets_size() ? ceiling : device.whole();
  auto left = std::min(size, most - held_by_others) - limits.reserve;
  left = std::clamp(left, none, std::max(none, size));
  return {left, device.platform, left < size ? std::optional(size) : std::nullopt};
}

Device device_of(const GpuRecord& gpu, const DeviceLimits& limits) {
  const Device device{usable_bytes(gpu).usable, platform_of(gpu)};
  return limits.any() ? limited(device, ceiling_of(gpu), limits) : device;
}

Capacity usable_slice_bytes(double slice_memory_gib) {
  const double nominal = slice_memory_gib * mebibytes_per_gib;
  return {whole(nominal * (1 - nvidia_reserve_share)), Basis::estimate,
          "size of the slice less 3.4 %, the largest measured share of a whole card"};
}

Capacity usable_host_bytes(double ram_gib) {
  return {whole(ram_gib * mebibytes_per_gib * other_share), Basis::estimate,
          "system memory x 0.95, the rest for the system"};
}

}  // namespace llmfit
