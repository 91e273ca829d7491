// SPDX-License-Identifier: MIT
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "render/doctor.hpp"

namespace llmfit::render {
namespace {

void add(Pairs& pairs, std::string label, const std::string& value) {
  pairs.rows.push_back({std::move(label), text_cell(base::printable(value))});
}

std::string counted(std::size_t count) { return base::grouped(static_cast<std::int64_t>(count)); }

std::string gib(std::optional<Bytes> bytes, std::string_view otherwise = "unknown") {
  return bytes ? base::gib_text(*bytes, base::Round::down) + " GiB" : std::string(otherwise);
}

Pairs catalog_pairs(const DoctorView& view) {
  Pairs pairs;
  const auto& catalog = view.catalog;
  add(pairs, "version", std::string(catalog.version()));
  add(pairs, "prices", view.price_age);
  add(pairs, "models", counted(catalog.models().size()));
  add(pairs, "cards", counted(catalog.gpus().size()));
  add(pairs, "offers", counted(catalog.offers().size()));
  add(pairs, "formats", counted(catalog.formats().size()));
  for (const auto& overlay : view.overlays) add(pairs, "overlay", overlay);
  if (view.overlays.empty()) add(pairs, "overlay", "none");
  if (!view.catalog_error.empty()) add(pairs, "error", view.catalog_error);
  return pairs;
}

/// "NVIDIA GeForce RTX 3090 (rtx-3090): 23.55 GiB for programs, 22.91 GiB free".
std::string card_text(const DoctorCard& card) {
  std::string text = card.found->name;
  if (card.found->slice) text += " MIG " + *card.found->slice;
  if (card.gpu == nullptr) return text + ": memory unknown, not used by --gpu local";
  const auto& device = card.device.device;
  text += card.in_catalog ? " (" + std::string(card.gpu->id) + ")" : " (not in the catalog)";
  text += ": " + gib(device.whole()) + " for programs, ";
  text += card.device.free_is_known ? gib(device.usable) + " free" : "how much is free is unknown";
  return card.found->shares_memory ? text + ", shared with the host" : text;
}

Pairs hardware_pairs(const DoctorView& view) {
  Pairs pairs;
  const auto& machine = view.machine;
  if (!machine.system.empty()) add(pairs, "system", machine.system);
  add(pairs, "processor", machine.processor.empty() ? "unknown" : machine.processor);
  add(pairs, "host memory", gib(machine.memory));
  add(pairs, "available", gib(machine.available));
  add(pairs, "control group",
      machine.group_limit
          ? gib(machine.group_limit) + ", " + gib(machine.group_used) + " of it in use"
          : "no limit");
  add(pairs, "left to a program", gib(machine.host_free()));
  std::size_t index = 0;
  for (const auto& card : view.cards) {
    add(pairs, "card " + std::to_string(index++), card_text(card));
  }
  if (view.cards.empty()) add(pairs, "cards", "none found; name one with --gpu to ask about it");
  return pairs;
}

Pairs probe_pairs(const DoctorView& view) {
  Pairs pairs;
  for (const auto& finding : view.machine.findings) {
    add(pairs, finding.source,
        finding.state == ProbeState::failed ? "failed: " + finding.text : finding.text);
  }
  return pairs;
}

}  // namespace

Report doctor_report(const DoctorView& view) {
  Report report;
  report.title = "llmfit " + std::string(view.version);
  report.sections.push_back({"Catalog", catalog_pairs(view)});
  report.sections.push_back({"Hardware", hardware_pairs(view)});
  report.sections.push_back({"What was asked", probe_pairs(view)});
  Pairs terminal;
  for (const auto& choice : view.terminal)
    add(terminal, choice.name, choice.value + ": " + choice.reason);
  report.sections.push_back({"Terminal", std::move(terminal)});
  Pairs environment;
  for (const auto& [name, value] : view.environment) {
    add(environment, name, value.empty() ? "not set" : value);
  }
  report.sections.push_back({"Environment", std::move(environment)});
  return report;
}

}  // namespace llmfit::render
