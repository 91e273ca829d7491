// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "support/machines.hpp"

namespace llmfit::test {

/// A machine written in one text: "@PATH" begins a file, "@nvml", "@rocm-smi" and "@sysctl" what a
/// tool answers.
inline RecordedProbes machine_of(std::string_view text) {
  RecordedProbes probes;
  std::string* into = nullptr;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.front() == '@') {
      const std::string name(line.substr(1));
      into = name == "nvml"       ? &probes.answers[Inquiry::nvml]
             : name == "rocm-smi" ? &probes.answers[Inquiry::rocm_smi]
             : name == "sysctl"   ? &probes.answers[Inquiry::sysctl]
                                  : &probes.files[name];
    } else if (into != nullptr) {
      into->append(line).append("\n");
    }
  }
  return probes;
}

/// Whether what was made of it keeps its promises: findings of one line, numbers that go together,
/// a record with memory for each card that is used.
inline bool judges_machine(const Probes& probes) {
  const auto machine = detect(probes);
  const auto one_line = [](const Finding& finding) {
    return !finding.source.empty() && finding.text.find('\n') == std::string::npos;
  };
  const auto sane = [](const FoundCard& card) {
    if (!card.total) return true;
    return *card.total > Bytes{0} && card.free.value_or(Bytes{0}) <= *card.total &&
           card.used.value_or(Bytes{0}) <= *card.total;
  };
  const auto known = recognise(machine, Catalog::builtin());
  return std::all_of(machine.findings.begin(), machine.findings.end(), one_line) &&
         std::all_of(machine.cards.begin(), machine.cards.end(), sane) &&
         std::all_of(known.cards.begin(), known.cards.end(),
                     [](const KnownCard& card) { return card.gpu->memory_gib > 0; }) &&
         machine.host_free().value_or(Bytes{0}) >= Bytes{0};
}

}  // namespace llmfit::test
