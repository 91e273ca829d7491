// SPDX-License-Identifier: MIT
#include "probe/drm.hpp"
#include "probe/lines.hpp"
#include "probe/pci_names.hpp"
#include "probe/sources.hpp"

namespace llmfit::probe {
namespace {

/// Only some versions of Intel's drivers tell the memory of a card in a file.
std::optional<Bytes> local_memory(const Probes& probes, const DrmCard& card) {
  for (const auto* const file : {"/../lmem_total_bytes", "/lmem_total_bytes"}) {
    const auto bytes = read_bytes(probes, card.folder + file);
    if (bytes && is_plausible(*bytes)) return bytes;
  }
  return std::nullopt;
}

}  // namespace

void probe_intel(const Probes& probes, Machine& machine) {
  for (const auto& drm : drm_cards(probes, intel_vendor)) {
    const auto known = intel_name(drm.device);
    if (known.name.empty()) {
      add_finding(machine, drm.folder, ProbeState::found,
                  pci_text(drm) + ", a processor's graphics, left out");
      continue;
    }
    FoundCard card;
    card.vendor = "intel";
    card.name = known.name;
    card.source = drm.folder;
    card.total = local_memory(probes, drm);
    add_finding(machine, drm.folder, ProbeState::found,
                pci_text(drm) + ", " + card.name + ", memory " + gib_text(card.total));
    machine.cards.push_back(std::move(card));
  }
}

}  // namespace llmfit::probe
