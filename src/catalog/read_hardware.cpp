// SPDX-License-Identifier: MIT
#include "base/numbers.hpp"
#include "catalog/records.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {

std::optional<std::int32_t> read_compute_capability(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = base::parse_int(text.substr(0, dot));
  const auto minor = base::parse_int(text.substr(dot + 1));
  if (!major || !minor || *major > 1000 || *minor > 9) return std::nullopt;
  return static_cast<std::int32_t>(*major * 10 + *minor);
}

GpuRecord read_gpu(const Fields& fields) {
  return {
      .id = fields.text("id"),
      .name = fields.text("name"),
      .vendor = fields.text("vendor"),
      .segment = fields.text("segment"),
      .memory_type = fields.text("memory_type"),
      .families = fields.texts("families"),
      .aliases = fields.texts("aliases"),
      .compute_capability = read_compute_capability(fields.text("compute_capability")),
      .architecture = fields.text("architecture"),
      .gfx_target = fields.text("gfx_target"),
      .memory_gib = fields.number("memory_gib").value_or(0),
      .driver_total_mib = fields.number("driver_total_mib"),
      .usable_mib = fields.number("usable_mib"),
      .usable_fraction = fields.number("usable_fraction"),
      .max_per_machine = fields.size("max_per_machine", GpuRecord{}.max_per_machine),
      .datacenter_barred = !fields.flag("datacenter_eula_allowed", true),
      .msrp_usd = fields.number("msrp_usd"),
      .street_usd = fields.number("street_usd"),
      .street_date = fields.text("street_date"),
      .peaks = read_peaks(fields),
      .json = fields.arena().keep(one_line(fields.json())),
  };
}

namespace {

/// A price list that tells processors and memory sells them with the card, where it does not say
/// otherwise.
std::string_view included(const Fields& fields) {
  if (fields.has("includes")) return fields.text("includes");
  return fields.has("vcpus") && fields.has("ram_gib") ? "machine" : "";
}

}  // namespace

OfferRecord read_offer(const Fields& fields) {
  return {
      .provider = fields.text("provider"),
      .instance = fields.text("instance"),
      .gpu = fields.text("gpu"),
      .gpu_count = fields.number("gpu_count").value_or(0),
      .usd_per_hour = fields.number("usd_per_hour"),
      .usd_per_hour_spot = fields.number("usd_per_hour_spot"),
      .region = fields.text("region"),
      .as_of = fields.text("as_of"),
      .spot_as_of = fields.text("spot_as_of"),
      .id = fields.text("id"),
      .kind = fields.text("kind"),
      .status = value_of(offer_status_words, fields.text("status"), OfferStatus::listed),
      .slice_memory_gib = fields.number("slice_memory_gib"),
      .ram_gib = fields.number("ram_gib"),
      .sla_percent = fields.number("sla_percent"),
      .sla_instance_percent = fields.number("sla_single_instance_percent"),
      .reliability = fields.number("reliability"),
      .usd_per_hour_reserved_1y = fields.number("usd_per_hour_reserved_1y"),
      .usd_per_hour_reserved_3y = fields.number("usd_per_hour_reserved_3y"),
      .reserved_as_of = fields.text("reserved_as_of"),
      .billing = fields.text("billing"),
      .includes = included(fields),
      .json = fields.arena().keep(one_line(fields.json())),
  };
}

EconomicsRecord read_economics(const Fields& fields) {
  return {.id = fields.text("id"), .json = fields.arena().keep(one_line(fields.json()))};
}

}  // namespace llmfit::catalog
