// SPDX-License-Identifier: MIT
// Whatever a driver, a tool or a file says: a finding, never a fault.
#include <random>

#include "catch.hpp"
#include "llmfit/machine.hpp"
#include "support/judge_machine.hpp"

using namespace llmfit;
using test::recorded_machine;
using test::RecordedProbes;

namespace {

/// Each text with some of its bytes changed, cut or doubled.
std::string damaged(std::string text, std::mt19937& random) {
  const auto place = [&] { return text.empty() ? 0 : random() % text.size(); };
  switch (random() % 4) {
    case 0:
      text.resize(place());
      break;
    case 1:
      for (int i = 0; i < 4 && !text.empty(); ++i) text[place()] = static_cast<char>(random());
      break;
    case 2:
      text.insert(place(), text.substr(place(), 20));
      break;
    default:
      text.insert(place(), "999999999999999999");
      break;
  }
  return text;
}

}  // namespace

TEST_CASE("damaged answers of every recorded machine leave llmfit standing", "[probe]") {
  std::mt19937 random(7);
  for (const auto& name : test::machine_names()) {
    INFO(name);
    const auto whole = recorded_machine(name);
    for (int round = 0; round < 60; ++round) {
      auto broken = whole;
      for (auto& [path, text] : broken.files) {
        if (random() % 2 == 0) text = damaged(text, random);
      }
      for (auto& [inquiry, text] : broken.answers) text = damaged(text, random);
      CHECK(test::judges_machine(broken));
    }
  }
}

TEST_CASE("what a driver says that cannot be is left out", "[probe]") {
  struct Case {
    const char* what;
    const char* answer;
    std::size_t cards;
  };
  const std::vector<Case> cases{
      {"nothing", "", 0},
      {"no code", "count=2\n", 0},
      {"millions of cards", "init=0\ncount=99999999\n", 0},
      {"fewer than none", "init=0\ncount=-1\n", 0},
      {"lost", "init=0\ncount=1\n0.error=GPU is lost\n", 0},
      {"no memory at all", "init=0\ncount=1\n0.name=NVIDIA L4\n0.total=0\n", 1},
      {"MIG without a slice", "init=0\ncount=1\n0.name=NVIDIA A30\n0.mig=1\n0.slices=0\n", 0},
      {"a thousand slices", "init=0\ncount=1\n0.name=NVIDIA A30\n0.mig=1\n0.slices=1000\n", 64},
  };
  for (const auto& one : cases) {
    INFO(one.what);
    RecordedProbes probes;
    probes.answers[Inquiry::nvml] = one.answer;
    const auto machine = detect(probes);
    CHECK(machine.cards.size() == one.cards);
    CHECK(test::judges_machine(probes));
  }
}

TEST_CASE("a card of unknown memory keeps its record's, or is left out", "[probe]") {
  RecordedProbes probes;
  probes.answers[Inquiry::nvml] =
      "init=0\ncount=2\n0.name=NVIDIA L4\n0.memory_error=999\n1.name=NVIDIA Imaginary 7\n";
  const auto machine = detect(probes);
  const auto known = recognise(machine, Catalog::builtin());
  REQUIRE(known.cards.size() == 1);
  CHECK(known.cards[0].gpu->id == "l4");
  REQUIRE(known.unsized.size() == 1);
  CHECK(known.unsized[0]->name == "NVIDIA Imaginary 7");
}

TEST_CASE("control groups nested without end are walked for a while", "[probe]") {
  RecordedProbes probes;
  std::string path;
  for (int i = 0; i < 5000; ++i) path += "/a";
  probes.files["/proc/self/cgroup"] = "0::" + path + "\n";
  CHECK_FALSE(detect(probes).group_limit);
}
