// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "probe/drm.hpp"
#include "probe/lines.hpp"
#include "probe/sources.hpp"

namespace llmfit::probe {
namespace {

/// Return codes of NVML (nvml.h) that mean something to us.
constexpr std::int64_t nvml_success = 0;
constexpr std::int64_t nvml_not_supported = 3;
constexpr std::int64_t nvml_no_permission = 4;
constexpr std::int64_t nvml_driver_not_loaded = 9;
constexpr std::int64_t nvml_version_mismatch = 18;

/// More than a machine can hold; what says more is no count.
constexpr std::int64_t most_cards = 1024;
constexpr std::int64_t most_slices = 64;

std::string why_not(std::int64_t code, std::string_view words) {
  const std::string said = words.empty() ? "error " + std::to_string(code) : first_line(words);
  switch (code) {
    case nvml_driver_not_loaded:
      return "the library is there, but the kernel driver is not loaded (" + said + ")";
    case nvml_version_mismatch:
      return "the library and the kernel driver are of different versions (" + said +
             "); restart the machine after an update";
    case nvml_no_permission:
      return "no permission for the device files (" + said + ")";
    default:
      return "NVML does not start: " + said;
  }
}

std::optional<std::int32_t> capability_in(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  const auto dot = text->find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = base::parse_int(text->substr(0, dot));
  const auto minor = base::parse_int(text->substr(dot + 1));
  if (!major || !minor || *major < 1 || *major > 99 || *minor < 0 || *minor > 9)
    return std::nullopt;
  return static_cast<std::int32_t>(*major * 10 + *minor);
}

/// What processes use. Drivers differ in whether their own reserved part is in it (the comments of
/// nvml.h say so, nvidia-smi shows it beside), and old ones do not tell that part.
std::optional<Bytes> used_by_others(const Lines& lines, const std::string& prefix,
                                    const FoundCard& card) {
  const auto reserved = lines.bytes(prefix + "reserved");
  const auto used = lines.bytes(prefix + "used");
  if (!reserved || !used || !card.total || *used > *card.total) return std::nullopt;
  const bool includes = card.free && *used + *card.free >= *card.total - mib(1);
  return includes ? std::max(Bytes{0}, *used - *reserved) : *used;
}

/// Total, free and used, where they make sense together.
void read_memory(const Lines& lines, const std::string& prefix, FoundCard& card) {
  card.total = lines.bytes(prefix + "total");
  card.free = lines.bytes(prefix + "free");
  if (card.total && !is_plausible(*card.total)) card.total.reset();
  if (!card.total || (card.free && *card.free > *card.total)) card.free.reset();
  card.used = used_by_others(lines, prefix, card);
}

/// A slice is named by its share of the card in eighths of the memory, as NVIDIA's container tools
/// do it (go-nvlib: MIG profiles): 4,864 of 40,960 MiB with one compute slice is 1g.5gb.
std::string profile_of(std::int64_t slices, Bytes memory, Bytes whole) {
  constexpr double eighths = 8;
  const auto share = static_cast<double>(memory.count()) / static_cast<double>(whole.count());
  const auto gibs = std::ceil(static_cast<double>(whole.count()) / 1073741824.0);
  const auto size = std::round(std::ceil(share * eighths) / eighths * gibs);
  return std::to_string(slices) + "g." + base::shortest(size) + "gb";
}

std::optional<std::string> slice_name(const Lines& lines, const std::string& prefix,
                                      const FoundCard& slice, const FoundCard& parent) {
  const auto name = lines.text(prefix + "name").value_or("");
  const auto at = name.find("MIG ");
  if (at != std::string_view::npos) return first_line(name.substr(at + 4));
  const auto slices = lines.whole(prefix + "slices");
  if (!slices || *slices < 1 || *slices > 8 || !slice.total || !parent.total) return std::nullopt;
  return profile_of(*slices, *slice.total, *parent.total);
}

void add_slices(const Lines& lines, const std::string& prefix, const FoundCard& parent,
                Machine& machine) {
  const auto count =
      std::clamp(lines.whole(prefix + "slices").value_or(0), std::int64_t{0}, most_slices);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto own = prefix + "mig." + std::to_string(i) + ".";
    auto slice = parent;
    read_memory(lines, own, slice);
    slice.slice = slice_name(lines, own, slice, parent);
    machine.cards.push_back(std::move(slice));
  }
}

/// Without memory of its own the card shares the host's: GB10, the GPU part of a Jetson.
void share_host_memory(FoundCard& card, const Machine& machine) {
  card.shares_memory = true;
  card.used.reset();
  card.total = machine.memory;
  card.size = machine.memory;
  card.free = machine.host_free();
}

/// Some drivers give the host's memory as that of such a chip, others nothing.
bool is_unified(const Lines& lines, const std::string& prefix, const FoundCard& card) {
  constexpr std::array<std::string_view, 3> chips{"GB10", "Orin", "Thor"};
  const bool known = std::any_of(chips.begin(), chips.end(), [&](std::string_view chip) {
    return card.name.find(chip) != std::string::npos;
  });
  return known || (!card.total && lines.whole(prefix + "memory_error") == nvml_not_supported);
}

void add_card(const Lines& lines, std::int64_t index, Machine& machine) {
  const auto prefix = std::to_string(index) + ".";
  FoundCard card;
  card.vendor = "nvidia";
  card.source = "NVML";
  card.name = first_line(lines.text(prefix + "name").value_or(""));
  if (card.name.empty()) {
    const auto words = lines.text(prefix + "error").value_or("it has no name");
    return add_finding(machine, "NVML, device " + std::to_string(index), ProbeState::failed,
                       first_line(words));
  }
  card.compute_capability = capability_in(lines.text(prefix + "capability"));
  read_memory(lines, prefix, card);
  if (is_unified(lines, prefix, card)) share_host_memory(card, machine);
  if (lines.whole(prefix + "mig") == 1) return add_slices(lines, prefix, card, machine);
  machine.cards.push_back(std::move(card));
}

std::string counted(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " device" : " devices");
}

bool read_nvml(const Probes& probes, Machine& machine) {
  const auto text = probes.ask(Inquiry::nvml);
  if (!text) {
    const bool absent = text.error().code == ErrorCode::unsupported;
    add_finding(machine, "NVML", absent ? ProbeState::absent : ProbeState::failed,
                first_line(text.error().message));
    return false;
  }
  const Lines lines(*text, '=');
  const auto code = lines.whole("init");
  if (code != nvml_success) {
    add_finding(
        machine, "NVML", ProbeState::failed,
        code ? why_not(*code, lines.text("init_text").value_or("")) : "it ended without an answer");
    return false;
  }
  const auto count = lines.whole("count").value_or(-1);
  if (count < 0 || count > most_cards) {
    add_finding(machine, "NVML", ProbeState::failed, "a number of devices that makes no sense");
    return false;
  }
  const auto driver = first_line(lines.text("driver").value_or(""));
  add_finding(machine, "NVML", ProbeState::found,
              "driver " + (driver.empty() ? "of unknown version" : driver) + ", " + counted(count));
  for (std::int64_t i = 0; i < count; ++i) add_card(lines, i, machine);
  return true;
}

/// What the kernel's driver says of itself and its cards, without the library.
void read_proc(const Probes& probes, Machine& machine) {
  const std::string root = "/proc/driver/nvidia";
  const auto version = probes.read(root + "/version");
  if (version) add_finding(machine, root, ProbeState::found, first_line(*version));
  for (const auto& slot : probes.list(root + "/gpus")) {
    const auto path = root + "/gpus/" + slot + "/information";
    const auto text = probes.read(path);
    if (!text) {
      add_finding(machine, path, ProbeState::failed, first_line(text.error().message));
      continue;
    }
    const Lines lines(*text, ':');
    add_finding(machine, path, ProbeState::found,
                first_line(lines.text("Model").value_or("no name")));
  }
}

/// Cards that no driver of NVIDIA's answers for: nouveau has them, or nobody.
void read_silent(const Probes& probes, Machine& machine) {
  for (const auto& card : drm_cards(probes, nvidia_vendor)) {
    add_finding(machine, card.folder, ProbeState::found,
                pci_text(card) + ", a card of NVIDIA that NVML does not tell of");
  }
}

/// Boards whose GPU the library names by its chip alone, or does not know.
void read_jetson(Machine& machine) {
  if (machine.system.find("Jetson") == std::string::npos) return;
  for (auto& card : machine.cards) {
    if (card.vendor == "nvidia") {
      card.name = machine.system;
      return;
    }
  }
  FoundCard card;
  card.vendor = "nvidia";
  card.name = machine.system;
  card.source = "/proc/device-tree/model";
  share_host_memory(card, machine);
  machine.cards.push_back(std::move(card));
}

}  // namespace

void probe_nvidia(const Probes& probes, Machine& machine) {
  const bool answered = read_nvml(probes, machine);
  read_proc(probes, machine);
  if (!answered) read_silent(probes, machine);
  read_jetson(machine);
}

}  // namespace llmfit::probe
