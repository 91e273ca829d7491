// SPDX-License-Identifier: MIT
#include "cli/local.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "cli/errors.hpp"

namespace llmfit::cli {
namespace {

/// A total that a program saw belongs to the card only if the driver shows the size it was seen
/// with: with ECC or as a virtual GPU it has less.
constexpr double near_size = 0.01;

std::string gib_text(Bytes bytes) { return base::gib_text(bytes, base::Round::down); }

double mibs(Bytes bytes) { return static_cast<double>(bytes.count()) / 1048576.0; }

/// What a program sees of a card of which the driver shows `total`.
Capacity seen_by_programs(const GpuRecord& gpu, Bytes total) {
  auto record = gpu;
  const double shown = mibs(total);
  const double usual = gpu.driver_total_mib.value_or(gpu.memory_gib * 1024);
  const bool as_usual = shown > usual * (1 - near_size) && shown < usual * (1 + near_size);
  record.driver_total_mib = shown;
  if (!as_usual || record.usable_mib.value_or(0) > shown) record.usable_mib.reset();
  return usable_bytes(record);
}

/// The whole of a device before anybody else's part is taken off.
Capacity whole_of(const KnownCard& card) {
  const auto& found = *card.found;
  if (found.limit_is_set) return {*found.total, Basis::exact, {}};
  if (!found.total) return usable_bytes(*card.gpu);
  const bool driver_tells_all = found.vendor == "amd" || found.vendor == "intel";
  if (driver_tells_all) return {*found.total, Basis::exact, {}};
  if (!found.shares_memory) return seen_by_programs(*card.gpu, *found.total);
  auto capacity = usable_bytes(*card.gpu);
  capacity.usable = std::min(capacity.usable, *found.total);
  return capacity;
}

/// Cards of one kind in a note: "2 x NVIDIA GeForce RTX 3090".
struct Kind {
  const GpuRecord* gpu = nullptr;
  std::int64_t count = 0;
  Bytes free;
  Bytes total;
  bool free_is_known = true;
};

std::vector<Kind> kinds_of(const std::vector<LocalDevice>& devices) {
  std::vector<Kind> kinds;
  for (const auto& device : devices) {
    auto kind = std::find_if(kinds.begin(), kinds.end(),
                             [&](const Kind& known) { return known.gpu == device.gpu; });
    if (kind == kinds.end()) kind = kinds.insert(kinds.end(), {device.gpu, 0, {}, {}, true});
    ++kind->count;
    kind->free += device.device.usable;
    kind->total += device.device.whole();
    kind->free_is_known = kind->free_is_known && device.free_is_known;
  }
  return kinds;
}

void add_notes(LocalMachine& local, const KnownCards& known) {
  for (const auto& kind : kinds_of(local.devices)) {
    const auto cards = std::to_string(kind.count) + " x " + std::string(kind.gpu->name);
    if (kind.free_is_known) {
      local.notes.push_back(
          {NoteCode::local_free, {cards, gib_text(kind.free), gib_text(kind.total)}});
    } else {
      local.notes.push_back({NoteCode::local_all, {cards, gib_text(kind.total)}});
    }
  }
  for (const auto& card : known.cards) {
    if (card.in_catalog) continue;
    local.notes.push_back({NoteCode::local_not_in_catalog, {std::string(card.gpu->name)}});
  }
  for (const auto* card : known.unsized) {
    local.notes.push_back({NoteCode::local_left_out, {card->name}});
  }
  if (!local.devices.empty() || !local.host) return;
  local.notes.push_back(
      {NoteCode::local_host_only, {gib_text(local.host->usable), gib_text(local.host->whole())}});
}

std::optional<Device> host_of(const Machine& machine) {
  const auto total = machine.host_total();
  if (!total) return std::nullopt;
  // What the system needs is not in use yet, but will be.
  const auto most = usable_host_bytes(mibs(*total) / 1024).usable;
  return Device{std::min(most, machine.host_free().value_or(most)), Platform::cuda, *total};
}

Error too_few(std::int32_t count, std::size_t there) {
  return {ErrorCode::invalid_value,
          "this machine has " + std::to_string(there) + (there == 1 ? " card" : " cards") +
              ", not " + std::to_string(count),
          "`llmfit doctor` shows what was found", "--gpu localx" + std::to_string(count)};
}

Error not_joined(std::int32_t count) {
  return {ErrorCode::invalid_value, "slices of a card (MIG) do not work together on one model",
          "write --gpu local: each is tried alone", "--gpu localx" + std::to_string(count)};
}

}  // namespace

LocalDevice local_device(const KnownCard& card) {
  const auto capacity = whole_of(card);
  const auto& found = *card.found;
  auto usable = capacity.usable;
  if (found.used) usable = std::max(Bytes{0}, usable - *found.used);
  if (found.free) usable = std::min(usable, *found.free);
  Device device{usable, platform_of(*card.gpu)};
  if (usable < capacity.usable) device.total = capacity.usable;
  return {card.gpu, device, capacity.basis, found.used || found.free};
}

Result<LocalMachine> local_machine(const Machine& machine, const Catalog& catalog,
                                   std::optional<std::int32_t> count) {
  const auto known = recognise(machine, catalog);
  if (count && static_cast<std::size_t>(*count) > known.cards.size()) {
    return tl::unexpected<Error>(too_few(*count, known.cards.size()));
  }
  const bool sliced = std::any_of(known.cards.begin(), known.cards.end(),
                                  [](const KnownCard& card) { return card.found->slice; });
  if (count.value_or(1) > 1 && sliced) return tl::unexpected<Error>(not_joined(*count));
  LocalMachine local;
  for (const auto& card : known.cards) local.devices.push_back(local_device(card));
  local.host = host_of(machine);
  local.count = count;
  local.owned = known.owned;
  add_notes(local, known);
  return local;
}

}  // namespace llmfit::cli
