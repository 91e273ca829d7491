// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "llmfit/placement.hpp"

using namespace llmfit;

namespace {

struct Case {
  const char* what;
  Device device;
  Bytes ceiling;
  DeviceLimits limits;
  Bytes usable;
  Bytes whole;
};

Device free_of(Bytes usable, Bytes total) { return {usable, Platform::cuda, total}; }

}  // namespace

TEST_CASE("limits leave a device what they say, and no more than it has", "[placement]") {
  const std::vector<Case> cases{
      {"none", {gib(24)}, gib(24), {}, gib(24), gib(24)},
      {"a share", {gib(24)}, gib(24), {0.5, {}, {}}, gib(12), gib(12)},
      {"at most", {gib(24)}, gib(24), {{}, gib(20), {}}, gib(20), gib(20)},
      {"more than there is", {gib(24)}, gib(24), {{}, gib(80), {}}, gib(24), gib(24)},
      {"above a default", {gib(21)}, gib(32), {{}, gib(28), {}}, gib(28), gib(28)},
      {"a reserve", {gib(24)}, gib(24), {{}, {}, gib(2)}, gib(22), gib(24)},
      {"a reserve of more than all", {gib(24)}, gib(24), {{}, {}, gib(99)}, gib(0), gib(24)},
      {"both", {gib(24)}, gib(24), {{}, gib(20), gib(2)}, gib(18), gib(20)},
      {"others' part and a reserve",
       free_of(gib(10), gib(24)),
       gib(24),
       {{}, {}, gib(2)},
       gib(8),
       gib(24)},
      {"others' part and at most",
       free_of(gib(10), gib(24)),
       gib(24),
       {{}, gib(20), {}},
       gib(10),
       gib(20)},
  };
  for (const auto& one : cases) {
    INFO(one.what);
    const auto device = limited(one.device, one.ceiling, one.limits);
    CHECK(device.usable == one.usable);
    CHECK(device.whole() == one.whole);
  }
}

TEST_CASE("only memory that is shared has a ceiling above what the driver hands out",
          "[placement]") {
  const auto& catalog = Catalog::builtin();
  const auto card = [&](const char* id) { return catalog.find_gpus(id).front(); };
  CHECK(ceiling_of(*card("rtx-3090")) == usable_bytes(*card("rtx-3090")).usable);
  CHECK(ceiling_of(*card("apple-m2-max-32gb")) == gib(32));
  CHECK(ceiling_of(*card("strix-halo-128gb")) == gib(128));
}

TEST_CASE("a slice has what nvidia-smi lists, less what CUDA keeps", "[placement]") {
  const auto& catalog = Catalog::builtin();
  std::size_t slices = 0;
  for (const auto& gpu : catalog.gpus()) {
    if (gpu.segment != "slice") continue;
    INFO(gpu.id);
    ++slices;
    const double gibs = static_cast<double>(usable_bytes(gpu).usable.count()) / 1073741824.0;
    CHECK(gibs < gpu.memory_gib);
    CHECK(gibs > 0.85 * gpu.memory_gib);
    CHECK(gpu.max_per_machine == 1);
    CHECK(gpu.compute_capability.value_or(0) >= 80);
  }
  CHECK(slices >= 40);
}
