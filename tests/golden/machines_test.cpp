// SPDX-License-Identifier: MIT
// What llmfit makes of each recorded machine, to the letter: doctor's sections on hardware, and the
// sets that --gpu local tries. After a wanted change: LLMFIT_APPROVE=1, then read the difference.
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/numbers.hpp"
#include "cli/local.hpp"
#include "search/hardware.hpp"
#include "support/cli.hpp"

using namespace llmfit::test;

namespace {

/// From "Hardware" to "Terminal".
std::string hardware_part(const std::string& text) {
  const auto start = text.find("\nHardware");
  const auto end = text.find("\nTerminal");
  return start == std::string::npos ? text : text.substr(start + 1, end - start - 1);
}

std::string set_text(const llmfit::search::HardwareSet& set) {
  auto text = llmfit::search::describe(set.gpus) + ":";
  for (const auto& device : set.devices) {
    text += " " + llmfit::base::gib_text(device.usable, llmfit::base::Round::down);
    if (device.total)
      text += "/" + llmfit::base::gib_text(*device.total, llmfit::base::Round::down);
  }
  return text + (set.usable_basis == llmfit::Basis::exact ? " GiB\n" : " GiB, estimate\n");
}

std::string sets_text(const RecordedProbes& probes) {
  const auto machine = llmfit::detect(probes);
  const auto local = llmfit::cli::local_machine(machine, llmfit::Catalog::builtin(), std::nullopt);
  REQUIRE(local.has_value());
  std::string text = "Sets of --gpu local\n";
  for (const auto& kind : llmfit::search::local_sets(*local)) {
    for (const auto& set : kind) text += "  " + set_text(set);
  }
  for (const auto& note : local->notes) text += "  note: " + llmfit::text(note) + "\n";
  return text;
}

}  // namespace

TEST_CASE("each recorded machine is told as it was approved", "[golden]") {
  const bool approve = std::getenv("LLMFIT_APPROVE") != nullptr;
  const auto names = machine_names();
  CHECK(names.size() >= 12);
  for (const auto& name : names) {
    INFO(name);
    FakeEnvironment environment;
    environment.machine = recorded_machine(name);
    const auto doctor = run_line("doctor", environment);
    CHECK(doctor.code == 0);
    const auto text = hardware_part(doctor.out) + "\n" + sets_text(environment.machine);
    const auto file = machines_folder() / name / "expected.txt";
    if (approve) std::ofstream(file, std::ios::binary) << text;
    CHECK(text == read_whole(file));
    CHECK_FALSE(read_whole(machines_folder() / name / "source.txt").empty());
  }
}
