// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llmfit/fit.hpp"

namespace llmfit::search {

/// GPUs of one machine in a set of several machines: what clouds and vendors sell as a whole.
inline constexpr std::int32_t machine_gpus = 8;

/// Devices that work together on one model.
struct HardwareSet {
  std::vector<GpuCount> gpus;  ///< empty: host memory alone
  std::vector<Device> devices;
  Basis usable_basis = Basis::exact;
  std::int32_t per_node = 1;
  std::int32_t nodes = 1;
  const OfferRecord* offer = nullptr;  ///< what the set is part of: a slice or a CPU machine
  bool usable_is_given = false;        ///< by the limits
  std::string_view usable_rule = {};   ///< where it is not what the card's record says
  bool owned = false;                  ///< of this machine: nobody rents it out
};

/// Cards of that kind in one machine: eight, or what the card's form allows.
std::int32_t machine_size(const GpuRecord& gpu);
/// A set is a part of one machine, or several whole machines of eight.
bool is_buildable(const GpuRecord& gpu, std::int32_t count);

/// `count` equal whole cards, on machines of eight when there are more than eight.
HardwareSet equal_cards(const GpuRecord& gpu, std::int32_t count, const DeviceLimits& limits = {});
/// A fraction of one card, as `offer` sells it.
HardwareSet slice_of(const GpuRecord& gpu, const OfferRecord& offer,
                     const DeviceLimits& limits = {});
/// Several kinds of cards in one machine.
HardwareSet mixed_cards(const std::vector<GpuCount>& gpus, const DeviceLimits& limits = {});
/// The memory of the machine that `offer` rents out.
HardwareSet host_memory(const OfferRecord& offer, const DeviceLimits& limits = {});

/// The memory of a machine of somebody's own, in GiB.
HardwareSet own_host(double memory_gib, const DeviceLimits& limits = {});

/// Sets of this machine's own cards. Each inner list grows from one card to all of a kind, those
/// with the most free memory first; the last list is all kinds together, where there are several
/// that can work together, and the last set of it has the most memory of all. Without a card it is
/// the host's memory alone. There is always a set.
std::vector<std::vector<HardwareSet>> local_sets(const LocalMachine& machine,
                                                 const DeviceLimits& limits = {});

/// A part of a card that its driver cuts off (NVIDIA's MIG): shown only where somebody names it.
bool is_slice(const GpuRecord& gpu);

/// The devices of all cards of a catalog, in its order: looked up once for many formats.
std::vector<Device> card_devices(const Catalog& catalog, const DeviceLimits& limits = {});

/// Counts worth trying of one card: 1 to 8 in a machine, then whole machines; at most `max_gpus`.
std::vector<std::int32_t> counts_to_try(const GpuRecord& gpu, std::int32_t max_gpus);

/// "2 x NVIDIA L4", "host memory": a set as a sentence calls it.
std::string describe(const std::vector<GpuCount>& gpus);

/// "--gpu l4x2", "--gpu cpu": a set as one types it.
std::string option_text(const std::vector<GpuCount>& gpus);

/// Whether the engine runs on the card at all, and the format on its generation.
bool engine_runs_on(const EngineRecord& engine, const GpuRecord& gpu);
bool format_runs_on(const Format& format, const GpuRecord& gpu);

}  // namespace llmfit::search
