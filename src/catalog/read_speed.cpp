// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <vector>

#include "catalog/records.hpp"
#include "catalog/speed_fields.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

/// A generation and how its records begin: the ROCm target, the CUDA capability, the chip or the
/// architecture. The first that fits counts.
struct Generation {
  std::string_view vendor;
  std::string_view key;
  std::string_view begins;
  std::string_view name;
};

constexpr auto generations = std::to_array<Generation>({
    {"nvidia", "compute_capability", "12.", "blackwell"},
    {"nvidia", "compute_capability", "11.", "jetson-thor"},
    {"nvidia", "compute_capability", "10.", "blackwell-dc"},
    {"nvidia", "compute_capability", "9.", "hopper"},
    {"nvidia", "compute_capability", "8.9", "ada"},
    {"nvidia", "compute_capability", "8.7", "jetson"},
    {"nvidia", "compute_capability", "8.6", "ampere"},
    {"nvidia", "compute_capability", "8.0", "ampere-dc"},
    {"nvidia", "chip", "TU116", "turing-notensor"},
    {"nvidia", "chip", "TU117", "turing-notensor"},
    {"nvidia", "compute_capability", "7.5", "turing"},
    {"nvidia", "compute_capability", "7.", "volta"},
    {"nvidia", "compute_capability", "6.0", "pascal-100"},
    {"nvidia", "compute_capability", "6.", "pascal"},
    {"nvidia", "compute_capability", "5.", "maxwell"},
    {"nvidia", "compute_capability", "3.", "maxwell"},
    {"nvidia", "architecture", "Rubin", "blackwell-dc"},
    {"amd", "gfx_target", "gfx125", "cdna4"},
    {"amd", "gfx_target", "gfx950", "cdna4"},
    {"amd", "gfx_target", "gfx94", "cdna3"},
    {"amd", "gfx_target", "gfx90a", "cdna2"},
    {"amd", "gfx_target", "gfx908", "cdna1"},
    {"amd", "gfx_target", "gfx90", "gcn"},
    {"amd", "gfx_target", "gfx101", "rdna1"},
    {"amd", "gfx_target", "gfx103", "rdna2"},
    {"amd", "gfx_target", "gfx115", "rdna3.5"},
    {"amd", "gfx_target", "gfx11", "rdna3"},
    {"amd", "gfx_target", "gfx120", "rdna4"},
    {"apple", "chip", "M1", "apple1"},
    {"apple", "chip", "M2", "apple2"},
    {"apple", "chip", "M3", "apple3"},
    {"apple", "chip", "M4", "apple4"},
    {"apple", "chip", "M5", "apple5"},
    {"intel", "architecture", "Xe-HPG", "xe1"},
    {"intel", "architecture", "Xe2", "xe2"},
    {"intel", "architecture", "Battlemage", "xe2"},
    {"intel", "architecture", "Gaudi", "gaudi"},
    {"intel", "architecture", "Generation 12", "xe-hpc"},
});

std::string_view generation_of(const Fields& card) {
  const auto vendor = card.text("vendor");
  for (const auto& entry : generations) {
    if (entry.vendor == vendor && card.text(entry.key).starts_with(entry.begins)) return entry.name;
  }
  return {};
}

/// GB/s a lane and direction that programs reach, by generation of PCI Express.
double pcie_gb_s(const Fields& card) {
  constexpr std::array<double, 7> lane = {0, 0.22, 0.44, 0.875, 1.75, 3.5, 7};
  const auto generation = static_cast<std::size_t>(card.size("pcie_gen"));
  return lane[std::min(generation, lane.size() - 1)] * card.size("pcie_lanes");
}

template <class Record, class Members>
void take_reals(Record& record, const Fields& fields, const Members& members) {
  for (const auto& member : members) {
    record.*member.field = fields.number(member.name).value_or(Record{}.*member.field);
  }
}

SpeedProfile read_profile(const Fields& fields) {
  SpeedProfile profile;
  profile.generation = fields.text("generation");
  take_reals(profile, fields, profile_fields);
  profile.before = fields.size("before");
  profile.cards = fields.size("cards");
  return profile;
}

SpeedFormat read_format_speed(const Fields& fields) {
  SpeedFormat format;
  format.format = fields.text("format");
  take_reals(format, fields, format_fields);
  return format;
}

SpeedBand read_band(const Fields& fields) {
  SpeedBand band;
  band.phase = fields.text("phase");
  band.vendor = fields.text("vendor");
  take_reals(band, fields, band_fields);
  band.rows = fields.size("rows");
  return band;
}

template <class Item>
std::span<const Item> read_list(const Fields& fields, std::string_view key,
                                Item (*read)(const Fields&)) {
  std::vector<Item> items;
  for (const auto& entry : fields.objects(key)) items.push_back(read(entry));
  return fields.arena().keep(items);
}

SpeedRules read_rules(const Fields& fields) {
  SpeedRules rules;
  rules.stack = fields.text("stack");
  take_reals(rules, fields, rules_fields);
  rules.prefill_chunk = fields.count("prefill_chunk").value_or(rules.prefill_chunk);
  rules.max_sequences = fields.count("max_sequences").value_or(0);
  rules.formats = read_list(fields, "formats", read_format_speed);
  rules.profiles = read_list(fields, "profiles", read_profile);
  rules.bands = read_list(fields, "bands", read_band);
  return rules;
}

}  // namespace

CardPeaks read_peaks(const Fields& fields) {
  const auto rates = fields.object("tflops_dense");
  const auto link = fields.object("interconnect");
  CardPeaks peaks;
  peaks.generation = generation_of(fields);
  peaks.bandwidth_gb_s = fields.number("bandwidth_gb_s");
  take_reals(peaks, rates, rate_fields);
  if (peaks.fp16 == 0) peaks.fp16 = rates.number("bf16").value_or(0);
  peaks.sm_count = fields.size("sm_count");
  take_reals(peaks, fields, power_fields);
  peaks.link = value_of(link_type_words, link.text("type"), LinkType::pcie);
  peaks.link_gb_s = link.number("gb_s_total_bidirectional").value_or(0) / 2;
  peaks.pcie_gb_s = pcie_gb_s(fields);
  return peaks;
}

std::span<const SpeedRules> read_speed(const Fields& fields) {
  return read_list(fields, "speed", read_rules);
}

}  // namespace llmfit::catalog
