// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "probe/lines.hpp"
#include "probe/sources.hpp"

namespace llmfit::probe {

/// On a Mac with an Intel chip Metal's memory is not the host's, so there is no card to be told of.
void probe_apple(const Probes& probes, Machine& machine) {
  const auto text = probes.ask(Inquiry::sysctl);
  if (!text) {
    if (text.error().code != ErrorCode::unsupported) {
      add_finding(machine, "sysctl", ProbeState::failed, first_line(text.error().message));
    }
    return;
  }
  const Lines lines(*text, ':');
  const auto memory = lines.bytes("hw.memsize");
  const auto chip = first_line(lines.text("machdep.cpu.brand_string").value_or(""));
  if (!memory || !is_plausible(*memory) || chip.empty()) {
    return add_finding(machine, "sysctl", ProbeState::failed, "no memory size or chip in it");
  }
  machine.memory = memory;
  machine.processor = chip;
  add_finding(machine, "sysctl", ProbeState::found, chip + ", " + gib_text(memory));
  if (!chip.starts_with("Apple ")) return;
  FoundCard card;
  card.vendor = "apple";
  card.name = chip;
  card.source = "sysctl";
  card.total = card.size = memory;
  card.shares_memory = true;
  const auto limit = lines.whole("iogpu.wired_limit_mb").value_or(0);
  if (limit > 0 && mib(limit) <= *memory) {
    card.total = mib(limit);
    card.limit_is_set = true;
    add_finding(machine, "iogpu.wired_limit_mb", ProbeState::found,
                gib_text(card.total) + ", set by hand");
  }
  machine.cards.push_back(std::move(card));
}

}  // namespace llmfit::probe
