// SPDX-License-Identifier: MIT
#pragma once

#include "llmfit/machine.hpp"

namespace llmfit::probe {

/// Each reads its sources, adds the cards it finds and one finding a source.
void probe_host(const Probes& probes, Machine& machine);
void probe_nvidia(const Probes& probes, Machine& machine);
void probe_amd(const Probes& probes, Machine& machine);
void probe_intel(const Probes& probes, Machine& machine);
void probe_apple(const Probes& probes, Machine& machine);

void add_finding(Machine& machine, std::string source, ProbeState state, std::string text);

}  // namespace llmfit::probe
