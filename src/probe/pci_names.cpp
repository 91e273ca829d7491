// SPDX-License-Identifier: MIT
#include "probe/pci_names.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace llmfit::probe {
namespace {

struct Row {
  std::int32_t device;
  std::int32_t revision;  ///< -1: any
  PciName name;
};

/// From libdrm: data/amdgpu.ids; the GPU parts of processors that run models, too.
constexpr auto amd_rows = std::to_array<Row>({
    {0x1586, 0xc2, {"AMD Radeon 8050S Graphics", true}},
    {0x1586, 0xc4, {"AMD Radeon 8050S Graphics", true}},
    {0x1586, 0xd2, {"AMD Radeon 8050S Graphics", true}},
    {0x1586, 0xd4, {"AMD Radeon 8050S Graphics", true}},
    {0x1586, 0xd5, {"AMD Radeon 8040S Graphics", true}},
    {0x1586, -1, {"AMD Radeon 8060S Graphics", true}},
    {0x150e, -1, {"AMD Radeon 890M Graphics", true}},
    {0x15bf, -1, {"AMD Radeon 780M Graphics", true}},
    {0x1900, -1, {"AMD Radeon 780M Graphics", true}},
    {0x66a1, 0x06, {"AMD Radeon Pro VII"}},
    {0x66a1, -1, {"AMD Instinct MI50"}},
    {0x66af, -1, {"AMD Radeon VII"}},
    {0x6860, -1, {"AMD Instinct MI25"}},
    {0x7360, 0xc3, {"AMD Radeon Pro V520"}},
    {0x7362, 0xc3, {"AMD Radeon Pro V520"}},
    {0x738c, -1, {"AMD Instinct MI100"}},
    {0x73a1, -1, {"AMD Radeon Pro V620"}},
    {0x73a3, -1, {"AMD Radeon Pro W6800"}},
    {0x73a5, 0xc0, {"AMD Radeon RX 6950 XT"}},
    {0x73af, 0xc0, {"AMD Radeon RX 6900 XT"}},
    {0x73bf, 0xc0, {"AMD Radeon RX 6900 XT"}},
    {0x73bf, 0xc1, {"AMD Radeon RX 6800 XT"}},
    {0x73bf, 0xc3, {"AMD Radeon RX 6800"}},
    {0x73df, 0xc0, {"AMD Radeon RX 6750 XT"}},
    {0x73df, 0xc1, {"AMD Radeon RX 6700 XT"}},
    {0x73df, 0xc5, {"AMD Radeon RX 6700 XT"}},
    {0x73df, 0xdf, {"AMD Radeon RX 6700"}},
    {0x73df, 0xff, {"AMD Radeon RX 6700"}},
    {0x73e3, -1, {"AMD Radeon Pro W6600"}},
    {0x73ef, 0xc1, {"AMD Radeon RX 6650 XT"}},
    {0x73ff, 0xc1, {"AMD Radeon RX 6600 XT"}},
    {0x73ff, 0xc7, {"AMD Radeon RX 6600"}},
    {0x7408, -1, {"AMD Instinct MI250X"}},
    {0x740c, -1, {"AMD Instinct MI250X"}},
    {0x740f, -1, {"AMD Instinct MI210"}},
    {0x7448, -1, {"AMD Radeon Pro W7900"}},
    {0x7449, -1, {"AMD Radeon Pro W7800 48GB"}},
    {0x744a, -1, {"AMD Radeon Pro W7900"}},
    {0x744c, 0xc8, {"AMD Radeon RX 7900 XTX"}},
    {0x744c, 0xcc, {"AMD Radeon RX 7900 XT"}},
    {0x744c, 0xce, {"AMD Radeon RX 7900 GRE"}},
    {0x745e, -1, {"AMD Radeon Pro W7800"}},
    {0x7460, -1, {"AMD Radeon Pro V710"}},
    {0x7461, -1, {"AMD Radeon Pro V710"}},
    {0x7470, -1, {"AMD Radeon Pro W7700"}},
    {0x747e, 0xc8, {"AMD Radeon RX 7800 XT"}},
    {0x747e, 0xff, {"AMD Radeon RX 7700 XT"}},
    {0x7480, 0x00, {"AMD Radeon Pro W7600"}},
    {0x7480, 0xc0, {"AMD Radeon RX 7600 XT"}},
    {0x7480, 0xcf, {"AMD Radeon RX 7600"}},
    {0x7489, -1, {"AMD Radeon Pro W7500"}},
    {0x74a0, -1, {"AMD Instinct MI300A"}},
    {0x74a1, -1, {"AMD Instinct MI300X"}},
    {0x74a2, -1, {"AMD Instinct MI308X"}},
    {0x74a5, -1, {"AMD Instinct MI325X"}},
    {0x74b5, -1, {"AMD Instinct MI300X"}},
    {0x74b6, -1, {"AMD Instinct MI308X"}},
    {0x7550, 0xc0, {"AMD Radeon RX 9070 XT"}},
    {0x7550, 0xc2, {"AMD Radeon RX 9070 GRE"}},
    {0x7550, 0xc3, {"AMD Radeon RX 9070"}},
    {0x7551, 0xc0, {"AMD Radeon AI PRO R9700"}},
    {0x7590, 0xc0, {"AMD Radeon RX 9060 XT"}},
    {0x75a0, -1, {"AMD Instinct MI350X"}},
    {0x75a3, -1, {"AMD Instinct MI355X"}},
    {0x75b0, -1, {"AMD Instinct MI350X"}},
    {0x75b3, -1, {"AMD Instinct MI355X"}},
});

/// From Mesa: include/pci_ids/iris_pci_ids.h, and Intel's table of GPUs (dgpu-docs.intel.com).
constexpr auto intel_rows = std::to_array<Row>({
    {0x56a0, -1, {"Intel Arc A770"}},
    {0x56a1, -1, {"Intel Arc A750"}},
    {0x56a2, -1, {"Intel Arc A580"}},
    {0x56a5, -1, {"Intel Arc A380"}},
    {0x56a6, -1, {"Intel Arc A310"}},
    {0x56c0, -1, {"Intel Data Center GPU Flex 170"}},
    {0x56c1, -1, {"Intel Data Center GPU Flex 140"}},
    {0x0bd5, -1, {"Intel Data Center GPU Max 1550"}},
    {0x0bda, -1, {"Intel Data Center GPU Max 1100"}},
    {0xe20b, -1, {"Intel Arc B580"}},
    {0xe20c, -1, {"Intel Arc B570"}},
    {0xe211, -1, {"Intel Arc Pro B60"}},
    {0xe212, -1, {"Intel Arc Pro B50"}},
});

PciName find(std::span<const Row> rows, std::int64_t device, std::int64_t revision) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.device == device && (row.revision < 0 || row.revision == revision);
  });
  return found == rows.end() ? PciName{} : found->name;
}

}  // namespace

PciName amd_name(std::int64_t device, std::int64_t revision) {
  return find(amd_rows, device, revision);
}

PciName intel_name(std::int64_t device) { return find(intel_rows, device, -1); }

}  // namespace llmfit::probe
