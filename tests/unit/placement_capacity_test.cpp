// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string_view>

#include "catch.hpp"
#include "llmfit/placement.hpp"

using namespace llmfit;

namespace {

GpuRecord card(std::string_view vendor, std::string_view segment, double gibibytes) {
  GpuRecord gpu;
  gpu.vendor = vendor;
  gpu.segment = segment;
  gpu.memory_gib = gibibytes;
  return gpu;
}

std::int64_t mebibytes(const Capacity& capacity) { return capacity.usable.count() >> 20; }

}  // namespace

TEST_CASE("a measured figure is taken as it is", "[capacity]") {
  auto gpu = card("nvidia", "consumer", 24);
  gpu.driver_total_mib = 24576;
  gpu.usable_mib = 24125;
  const auto capacity = usable_bytes(gpu);
  CHECK(capacity.usable == mib(24125));
  CHECK(capacity.basis == Basis::exact);
}

TEST_CASE("the NVIDIA rule is nowhere more than 1 % above what CUDA reported", "[capacity]") {
  struct Row {
    std::string_view name;
    std::string_view segment;
    std::string_view memory;
    double nominal_gib;
    double driver_mib;  // what nvidia-smi prints
    double cuda_mib;    // what a program was told
  };
  const auto row = GENERATE(Row{"A100 40GB", "datacenter", "HBM", 40, 40960, 40441},
                            Row{"A100 80GB", "datacenter", "HBM", 80, 81920, 81153},
                            Row{"A10G", "datacenter", "GDDR6", 24, 23028, 22716},
                            Row{"A40", "datacenter", "GDDR6", 48, 46068, 45414},
                            Row{"H100", "datacenter", "HBM", 80, 81559, 81121},
                            Row{"L4", "datacenter", "GDDR6", 24, 23034, 22692},
                            Row{"L40S", "datacenter", "GDDR6", 48, 46068, 45465},
                            Row{"T4", "datacenter", "GDDR6", 16, 15360, 14912},
                            Row{"RTX 3060", "consumer", "GDDR6", 12, 12288, 11909},
                            Row{"RTX 3090", "consumer", "GDDR6", 24, 24576, 24125},
                            Row{"RTX 4070", "consumer", "GDDR6", 12, 12282, 11873},
                            Row{"RTX 5090", "consumer", "GDDR6", 32, 32607, 32122},
                            Row{"RTX PRO 6000", "workstation", "GDDR6", 96, 97887, 97247},
                            Row{"GTX 1060", "consumer", "GDDR6", 6, 6144, 6063});
  INFO(row.name);
  auto gpu = card("nvidia", row.segment, row.nominal_gib);
  gpu.memory_type = row.memory;
  const double limit = row.cuda_mib * 1.01;
  CHECK(static_cast<double>(mebibytes(usable_bytes(gpu))) <= limit);
  gpu.driver_total_mib = row.driver_mib;
  const auto capacity = usable_bytes(gpu);
  CHECK(static_cast<double>(mebibytes(capacity)) <= limit);
  CHECK(static_cast<double>(mebibytes(capacity)) >= row.cuda_mib * 0.96);
  CHECK(capacity.basis == Basis::estimate);
  CHECK_FALSE(capacity.rule.empty());
}

TEST_CASE("other vendors have a rule each", "[capacity]") {
  CHECK(mebibytes(usable_bytes(card("amd", "consumer", 24))) == 24560);
  CHECK(mebibytes(usable_bytes(card("amd", "datacenter", 192))) == 196592);
  CHECK(mebibytes(usable_bytes(card("amd", "unified", 100))) == 97280);
  CHECK(mebibytes(usable_bytes(card("nvidia", "edge", 100))) == 97280);
  CHECK(mebibytes(usable_bytes(card("graphcore", "datacenter", 100))) == 97280);
  auto apple = card("apple", "unified", 64);
  apple.usable_fraction = 0.75;
  CHECK(mebibytes(usable_bytes(apple)) == 49152);
}

TEST_CASE("the share of a Mac's memory is nowhere above what Metal reported", "[capacity]") {
  struct Row {
    const char* id;
    double metal_mib;  // recommendedMaxWorkingSetSize; the higher ones are of recent macOS
  };
  const auto row = GENERATE(
      Row{"apple-m1-8gb", 5461.3}, Row{"apple-m1-pro-16gb", 10922.7}, Row{"apple-m3-16gb", 10922.7},
      Row{"apple-m4-16gb", 12124.2}, Row{"apple-m1-max-32gb", 21845.3},
      Row{"apple-m2-max-32gb", 25558.9}, Row{"apple-m3-max-40c-48gb", 36864},
      Row{"apple-m1-max-64gb", 49152}, Row{"apple-m3-max-40c-64gb", 53084},
      Row{"apple-m4-max-40c-128gb", 110100.5}, Row{"apple-m2-ultra-192gb", 147456});
  INFO(row.id);
  const auto found = Catalog::builtin().find_gpus(row.id);
  REQUIRE(found.size() == 1);
  auto gpu = *found.front();
  gpu.usable_mib.reset();
  const auto share = static_cast<double>(mebibytes(usable_bytes(gpu)));
  CHECK(share <= row.metal_mib);
  CHECK(share >= 0.83 * row.metal_mib);
}

TEST_CASE("slices and host memory are estimates below their size", "[capacity]") {
  CHECK(mebibytes(usable_host_bytes(100)) == 97280);
  CHECK(usable_slice_bytes(8).usable < gib(8));
  CHECK(usable_slice_bytes(8).usable > gib(8) - mib(400));
  CHECK(usable_host_bytes(0).usable == Bytes{0});
}
