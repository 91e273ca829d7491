// SPDX-License-Identifier: MIT
#include "catalog/generate_speed.hpp"

#include "catalog/speed_fields.hpp"
#include "catalog/words.hpp"

namespace llmfit::catalog {
namespace {

/// The members of a record that differ from its defaults.
template <class Record, class Members>
void put_reals(Initialiser& out, const Record& record, const Members& members) {
  for (const auto& member : members) {
    if (record.*member.field == Record{}.*member.field) continue;
    out.real(member.name, record.*member.field);
  }
}

template <class Item, class Write>
std::string array_of(const Arrays& arrays, std::string_view type, const std::string& suffix,
                     std::span<const Item> items, const Write& write) {
  std::string all;
  for (const auto& item : items) all.append(all.empty() ? "{" : ",\n  ").append(write(item));
  return all.empty() ? "" : arrays.define(type, suffix, "[]", all + "}");
}

std::string cpp_profile(const SpeedProfile& profile) {
  Initialiser out;
  out.text("generation", profile.generation);
  put_reals(out, profile, profile_fields);
  out.number("before", profile.before);
  out.number("cards", profile.cards);
  return out.str();
}

std::string cpp_format(const SpeedFormat& format) {
  Initialiser out;
  out.text("format", format.format);
  put_reals(out, format, format_fields);
  return out.str();
}

std::string cpp_band(const SpeedBand& band) {
  Initialiser out;
  out.text("phase", band.phase);
  out.text("vendor", band.vendor);
  put_reals(out, band, band_fields);
  out.number("rows", band.rows);
  return out.str();
}

std::string cpp_rules(const Arrays& arrays, const SpeedRules& rules, const std::string& number) {
  Initialiser out;
  out.text("stack", rules.stack);
  put_reals(out, rules, rules_fields);
  out.number("prefill_chunk", rules.prefill_chunk, SpeedRules{}.prefill_chunk);
  out.number("max_sequences", rules.max_sequences);
  out.expression("formats", array_of(arrays, "SpeedFormat", "speed_formats" + number, rules.formats,
                                     cpp_format));
  out.expression("profiles", array_of(arrays, "SpeedProfile", "speed_profiles" + number,
                                      rules.profiles, cpp_profile));
  out.expression("bands",
                 array_of(arrays, "SpeedBand", "speed_bands" + number, rules.bands, cpp_band));
  return out.str();
}

}  // namespace

std::string cpp_peaks(const CardPeaks& peaks) {
  Initialiser out;
  out.text("generation", peaks.generation);
  out.real("bandwidth_gb_s", peaks.bandwidth_gb_s);
  put_reals(out, peaks, rate_fields);
  out.number("sm_count", peaks.sm_count);
  put_reals(out, peaks, power_fields);
  if (peaks.link != LinkType::pcie) {
    out.expression("link", word_of(link_type_words, peaks.link).identifier);
  }
  put_reals(out, peaks, link_fields);
  return out.str();
}

std::string cpp_speed(const Arrays& arrays, std::span<const SpeedRules> stacks) {
  std::size_t number = 0;
  return array_of(arrays, "SpeedRules", "speed", stacks, [&](const SpeedRules& rules) {
    return cpp_rules(arrays, rules, std::to_string(number++));
  });
}

}  // namespace llmfit::catalog
