// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "llmfit/machine.hpp"
#include "support/machines.hpp"

using namespace llmfit;
using llmfit::test::recorded_machine;

namespace {

struct Expected {
  const char* machine;
  std::vector<std::string> ids;  ///< of the cards' records, in the order found
};

/// What each recorded machine has in it, told by hand from its source.
const std::vector<Expected>& expected() {
  static const std::vector<Expected> all{
      {"nvidia-single", {"rtx-3090"}},
      {"nvidia-mixed", {"rtx-3090", "rtx-3060-12gb"}},
      {"nvidia-eight",
       {"h100-sxm", "h100-sxm", "h100-sxm", "h100-sxm", "h100-sxm", "h100-sxm", "h100-sxm",
        "h100-sxm"}},
      {"nvidia-mig", {"a100-80gb-mig-2g.20gb", "a100-80gb-mig-2g.20gb", "a100-80gb-mig-2g.20gb"}},
      {"nvidia-mig-unnamed",
       {"a100-40gb-mig-3g.20gb", "a100-40gb-mig-2g.10gb", "a100-40gb-mig-1g.5gb"}},
      {"amd-rocm", {"rx-7900-xt"}},
      {"amd-without-rocm-smi", {"rx-6800", "rx-6800"}},
      {"amd-with-graphics", {"rx-6800-xt"}},
      {"amd-strix-halo", {"strix-halo-128gb"}},
      {"amd-strix-halo-gtt", {"strix-halo-128gb"}},
      {"apple-m2-max", {"apple-m2-max-32gb"}},
      {"apple-m2-max-limit", {"apple-m2-max-32gb"}},
      {"no-card", {}},
      {"broken-driver", {}},
      {"hanging-driver", {}},
      {"container-v2", {}},
      {"container-v1", {}},
      {"pod-nested-v2", {}},
      {"wsl", {"rtx-5090-laptop"}},
      {"dgx-spark", {"gb10-dgx-spark"}},
      {"jetson-orin", {"jetson-agx-orin-64gb"}},
      {"nvidia-unknown", {"local-nvidia-geforce-gt-1030"}},
      {"intel-arc", {}},  // of 8 or 16 GB: its driver does not tell
      {"nonsense", {"a10"}},
  };
  return all;
}

std::vector<std::string> ids_of(const Machine& machine) {
  std::vector<std::string> ids;
  for (const auto& card : recognise(machine, Catalog::builtin()).cards) {
    ids.emplace_back(card.gpu->id);
  }
  return ids;
}

const Finding* finding(const Machine& machine, const std::string& source) {
  for (const auto& found : machine.findings) {
    if (found.source == source) return &found;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("every recorded machine's cards get their records", "[probe]") {
  CHECK(expected().size() == test::machine_names().size());
  for (const auto& one : expected()) {
    INFO(one.machine);
    CHECK(ids_of(detect(recorded_machine(one.machine))) == one.ids);
  }
}

TEST_CASE("a driver that fails is told in one line and counts as no card", "[probe]") {
  struct Case {
    const char* machine;
    const char* words;
  };
  for (const auto& [name, words] :
       {Case{"broken-driver", "different versions"}, Case{"hanging-driver", "no answer within"}}) {
    INFO(name);
    const auto machine = detect(recorded_machine(name));
    const auto* nvml = finding(machine, "NVML");
    REQUIRE(nvml != nullptr);
    CHECK(nvml->state == ProbeState::failed);
    CHECK(nvml->text.find(words) != std::string::npos);
    CHECK(nvml->text.find('\n') == std::string::npos);
    CHECK(machine.cards.empty());
  }
}

TEST_CASE("the least limit of the control groups counts, without file cache", "[probe]") {
  struct Case {
    const char* machine;
    std::optional<Bytes> limit;
    std::optional<Bytes> used;
    Bytes free;
  };
  const std::vector<Case> cases{
      {"container-v2", gib(8), gib(1), gib(7)},
      {"container-v1", gib(4), Bytes{805306368 - 402653184}, gib(4) - mib(384)},
      {"pod-nested-v2", gib(16), gib(1), gib(15)},
      {"no-card", std::nullopt, std::nullopt, Bytes{23483508} * 1024},
  };
  for (const auto& one : cases) {
    INFO(one.machine);
    const auto machine = detect(recorded_machine(one.machine));
    CHECK(machine.group_limit == one.limit);
    CHECK(machine.group_used == one.used);
    CHECK(machine.host_free() == one.free);
  }
}

TEST_CASE("memory that CPU and GPU share is that of the host", "[probe]") {
  for (const auto* name : {"dgx-spark", "jetson-orin"}) {
    INFO(name);
    const auto machine = detect(recorded_machine(name));
    REQUIRE(machine.cards.size() == 1);
    CHECK(machine.cards[0].shares_memory);
    CHECK(machine.cards[0].total == machine.memory);
    CHECK(machine.cards[0].free == machine.available);
  }
}

TEST_CASE("Strix Halo takes from the larger of carve-out and GTT", "[probe]") {
  const auto carved = detect(recorded_machine("amd-strix-halo"));
  CHECK(carved.cards.at(0).total == gib(96));
  const auto mapped = detect(recorded_machine("amd-strix-halo-gtt"));
  CHECK(mapped.cards.at(0).total == gib(120));
  // GTT is host memory: what is not free there cannot be had.
  CHECK(mapped.cards.at(0).free <= mapped.host_free());
}

TEST_CASE("a Mac's limit of wired memory is taken where somebody set one", "[probe]") {
  CHECK_FALSE(detect(recorded_machine("apple-m2-max")).cards.at(0).limit_is_set);
  const auto limited = detect(recorded_machine("apple-m2-max-limit"));
  CHECK(limited.cards.at(0).limit_is_set);
  CHECK(limited.cards.at(0).total == gib(28));
}

TEST_CASE("names as drivers print them lead to the record", "[probe]") {
  struct Case {
    const char* name;
    std::int64_t mib;
    const char* id;
  };
  const std::vector<Case> cases{
      {"Tesla T4", 15360, "t4"},
      {"NVIDIA A10G", 23028, "a10g"},
      {"NVIDIA L4", 23034, "l4"},
      {"NVIDIA L40S", 46068, "l40s"},
      {"NVIDIA A100-SXM4-40GB", 40960, "a100-40gb-sxm"},
      {"NVIDIA A100-SXM4-80GB", 81920, "a100-80gb-sxm"},
      {"NVIDIA A100 80GB PCIe", 81920, "a100-80gb-pcie"},
      {"NVIDIA H100 80GB HBM3", 81559, "h100-sxm"},
      {"NVIDIA H100 PCIe", 81559, "h100-pcie"},
      {"NVIDIA H100 NVL", 95830, "h100-nvl"},
      {"NVIDIA H200", 143771, "h200-sxm"},
      {"NVIDIA B200", 183359, "b200"},
      {"NVIDIA GH200 480GB", 97871, "gh200-96gb"},
      {"NVIDIA RTX A6000", 49140, "rtx-a6000"},
      {"NVIDIA GeForce RTX 4090", 24564, "rtx-4090"},
      {"NVIDIA GeForce RTX 3060", 12288, "rtx-3060-12gb"},
      {"NVIDIA GeForce RTX 4060 Ti", 16380, "rtx-4060-ti-16gb"},
      {"NVIDIA GeForce RTX 5090", 32607, "rtx-5090"},
      {"Tesla V100-SXM2-16GB", 16160, "v100-16gb-sxm2"},
      {"Tesla P40", 24576, "p40"},
      {"NVIDIA GH200 144G HBM3e", 146831, "gh200-144gb"},
      {"NVIDIA B300 SXM6 AC", 275040, "b300"},
      {"NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", 97887,
       "rtx-pro-6000-blackwell-max-q"},
      {"NVIDIA RTX PRO 6000 Blackwell Server Edition", 97887, "rtx-pro-6000-server"},
      {"NVIDIA GeForce RTX 4060 Laptop GPU", 8188, "rtx-4060-laptop"},
  };
  for (const auto& one : cases) {
    INFO(one.name);
    Machine machine;
    FoundCard card;
    card.vendor = "nvidia";
    card.name = one.name;
    card.total = mib(one.mib);
    machine.cards.push_back(card);
    CHECK(ids_of(machine) == std::vector<std::string>{one.id});
  }
}

TEST_CASE("a name that fits is no record where the memory does not", "[probe]") {
  Machine machine;
  FoundCard card;
  card.vendor = "nvidia";
  card.name = "NVIDIA GeForce RTX 4090";
  card.total = gib(48);  // sold as such with memory soldered on
  machine.cards.push_back(card);
  const auto known = recognise(machine, Catalog::builtin());
  REQUIRE(known.cards.size() == 1);
  CHECK_FALSE(known.cards[0].in_catalog);
  CHECK(known.cards[0].gpu->memory_gib == 48);
}
