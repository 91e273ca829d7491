// SPDX-License-Identifier: MIT
#include <algorithm>

#include "llmfit/machine.hpp"
#include "probe/lines.hpp"
#include "probe/sources.hpp"

namespace llmfit {

std::string_view to_string(ProbeState state) {
  switch (state) {
    case ProbeState::found:
      return "found";
    case ProbeState::absent:
      return "absent";
    case ProbeState::failed:
      return "failed";
  }
  return "unknown";
}

std::optional<Bytes> Machine::host_total() const {
  if (!memory) return group_limit;
  return group_limit ? std::min(*memory, *group_limit) : memory;
}

std::optional<Bytes> Machine::host_free() const {
  auto free = available ? available : memory;
  if (!group_limit) return free;
  const auto left = std::max(Bytes{0}, *group_limit - group_used.value_or(Bytes{0}));
  return free ? std::min(*free, left) : left;
}

Machine detect(const Probes& probes) {
  Machine machine;
  probe::probe_host(probes, machine);
  probe::probe_nvidia(probes, machine);
  probe::probe_amd(probes, machine);
  probe::probe_intel(probes, machine);
  probe::probe_apple(probes, machine);
  return machine;
}

namespace probe {

void add_finding(Machine& machine, std::string source, ProbeState state, std::string text) {
  machine.findings.push_back({std::move(source), state, std::move(text)});
}

}  // namespace probe
}  // namespace llmfit
