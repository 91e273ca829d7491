// SPDX-License-Identifier: MIT
#include "logs/places.hpp"

#include <algorithm>
#include <array>

namespace llmfit::logs {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

void add_once(std::vector<std::string>& names, std::string name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(std::move(name));
  }
}

void add_to(std::optional<Measured>& sum, const Reading& reading) {
  if (!sum) sum.emplace();
  sum->amount += reading.amount;
  sum->rounding += reading.rounding;
}

}  // namespace

std::string device_of(std::string_view buffer) {
  if (buffer.starts_with("CPU") || buffer.ends_with("_Host")) return std::string(host);
  for (const std::string_view ending : {"_Mapped", "-REPACK", "_Private", "_Split"}) {
    if (buffer.ends_with(ending)) buffer.remove_suffix(ending.size());
  }
  return std::string(buffer);
}

bool is_mapped(std::string_view buffer) { return contains(buffer, "_Mapped"); }

bool is_repacked(std::string_view buffer) {
  return buffer.starts_with("CPU_") && !is_mapped(buffer);
}

std::vector<std::string> cards(const LogFacts& facts) {
  constexpr std::array<Measure, 3> telling = {Measure::weights, Measure::kv_cache,
                                              Measure::compute};
  std::vector<std::string> names;
  for (const auto& reading : facts.readings) {
    const bool tells = std::find(telling.begin(), telling.end(), reading.measure) != telling.end();
    const auto device = device_of(reading.device);
    if (tells && !device.empty() && device != host) add_once(names, device);
  }
  // Layers are dealt in the order in which the engine lists its devices.
  const auto listed = [&](const std::string& name) {
    const auto found = std::find_if(facts.devices.begin(), facts.devices.end(),
                                    [&](const LoggedDevice& one) { return one.name == name; });
    return found - facts.devices.begin();
  };
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return listed(a) < listed(b);
  });
  return names;
}

Offload offload_of(const LogFacts& facts) {
  if (cards(facts).empty() || facts.offloaded == 0) return Offload::none;
  if (!facts.offloaded || facts.offloaded >= facts.offloadable) return Offload::all;
  return Offload::part;
}

std::optional<Measured> measured_on(const LogFacts& facts, Measure measure,
                                    std::string_view device) {
  const bool mapped = any_mapped(facts, measure, device);
  std::optional<Measured> sum;
  for (const auto& reading : facts.readings) {
    const bool here = reading.measure == measure && !reading.device.empty() &&
                      device_of(reading.device) == device;
    if (here && !(mapped && is_repacked(reading.device))) add_to(sum, reading);
  }
  return sum;
}

std::optional<Measured> measured_total(const LogFacts& facts, Measure measure) {
  std::optional<Measured> sum;
  for (const auto& reading : facts.readings) {
    if (reading.measure == measure && reading.device.empty()) add_to(sum, reading);
  }
  return sum;
}

std::vector<std::string> holders(const LogFacts& facts, Measure measure) {
  std::vector<std::string> names;
  for (const auto& reading : facts.readings) {
    if (reading.measure == measure && !reading.device.empty()) {
      add_once(names, device_of(reading.device));
    }
  }
  return names;
}

bool any_mapped(const LogFacts& facts, Measure measure, std::string_view device) {
  return std::any_of(facts.readings.begin(), facts.readings.end(), [&](const Reading& reading) {
    return reading.measure == measure && is_mapped(reading.device) &&
           device_of(reading.device) == device;
  });
}

bool has_other_backend(const LogFacts& facts) {
  const auto names = cards(facts);
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return !name.starts_with("CUDA") && !name.starts_with("ROCm") && name != "GPU";
  });
}

}  // namespace llmfit::logs
