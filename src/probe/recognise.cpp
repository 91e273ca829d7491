// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "llmfit/machine.hpp"

namespace llmfit {
namespace {

/// What makers put around a name that the catalog does not have.
constexpr std::array<std::string_view, 4> prefixes{"NVIDIA ", "AMD ", "Intel ", "Intel(R) "};
constexpr std::array<std::string_view, 7> endings{" Engineering Reference Developer Kit",
                                                  " Developer Kit Super",
                                                  " Developer Kit",
                                                  " Workstation Edition",
                                                  " (nvgpu)",
                                                  " Graphics",
                                                  " OAM"};

/// A variant is taken for the card where its memory is at most this far off: a driver shows up to
/// 7 % less than the nominal size, a machine of unified memory keeps some for firmware.
constexpr double least_share = 0.80;
constexpr double most_share = 1.12;

constexpr double bytes_per_gib = 1073741824.0;
constexpr double bytes_per_mib = 1048576.0;

/// A name as found, and with less and less around it.
std::vector<std::string> spellings(const std::string& name) {
  std::vector<std::string> result{name};
  const auto add = [&](std::string_view text) {
    if (!text.empty() && std::find(result.begin(), result.end(), text) == result.end()) {
      result.emplace_back(text);
    }
  };
  for (const auto ending : endings) {
    const auto at = name.rfind(ending);
    if (at != std::string::npos && at + ending.size() == name.size()) add(name.substr(0, at));
  }
  for (std::size_t i = 0, count = result.size(); i < count; ++i) {
    for (const auto prefix : prefixes) {
      if (result[i].starts_with(prefix)) add(result[i].substr(prefix.size()));
    }
  }
  return result;
}

std::vector<const GpuRecord*> find_records(const FoundCard& card, const Catalog& catalog) {
  auto name = card.name;
  if (card.slice) {
    // The "+me" of a profile is about its video engines.
    name += " MIG " + card.slice->substr(0, card.slice->find('+'));
  }
  for (const auto& spelling : spellings(name)) {
    auto records = catalog.find_gpus(spelling);
    std::erase_if(records, [&](const GpuRecord* gpu) { return gpu->vendor != card.vendor; });
    if (!records.empty()) return records;
  }
  return {};
}

double gibs(Bytes bytes) { return static_cast<double>(bytes.count()) / bytes_per_gib; }

/// The variant whose memory is nearest to what was found.
const GpuRecord* nearest_variant(const std::vector<const GpuRecord*>& records,
                                 std::optional<Bytes> size) {
  if (records.empty()) return nullptr;
  if (!size) return records.size() == 1 ? records.front() : nullptr;
  const GpuRecord* nearest = nullptr;
  double best = std::numeric_limits<double>::max();
  for (const auto* gpu : records) {
    const double share = gibs(*size) / gpu->memory_gib;
    const double distance = std::abs(std::log(share));
    if (share < least_share || share > most_share || distance >= best) continue;
    best = distance;
    nearest = gpu;
  }
  return nearest;
}

/// Records that the catalog lacks, and the texts that they refer to.
class Workshop {
 public:
  const GpuRecord* make(const FoundCard& card, Bytes size) {
    const auto& name = keep(card.slice ? card.name + " MIG " + *card.slice : card.name);
    for (const auto& made : records_) {
      if (made.name == name && made.memory_gib == gibs(size)) return &made;
    }
    GpuRecord record;
    record.name = name;
    record.id = keep(slug(name));
    record.vendor = keep(card.vendor);
    record.segment = card.slice ? "slice" : card.shares_memory ? "unified" : "";
    record.memory_gib = gibs(size);
    record.compute_capability = card.compute_capability;
    if (card.vendor == "nvidia" && !card.shares_memory) {
      record.driver_total_mib = static_cast<double>(size.count()) / bytes_per_mib;
    }
    record.json = keep(R"({"id": ")" + std::string(record.id) + R"("})");
    return &records_.emplace_back(record);
  }

 private:
  static std::string slug(std::string_view name) {
    std::string text = "local";
    bool apart = true;
    for (const char c : name) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      const bool kept = letter || (c >= '0' && c <= '9') || c == '.';
      if (!kept) {
        apart = true;
        continue;
      }
      if (apart) text += '-';
      apart = false;
      text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
  }

  const std::string& keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  std::deque<std::string> texts_;
  std::deque<GpuRecord> records_;
};

}  // namespace

KnownCards recognise(const Machine& machine, const Catalog& catalog) {
  KnownCards known;
  const auto workshop = std::make_shared<Workshop>();
  for (const auto& card : machine.cards) {
    const auto size = card.size ? card.size : card.limit_is_set ? std::nullopt : card.total;
    const auto* record = nearest_variant(find_records(card, catalog), size);
    const bool in_catalog = record != nullptr;
    if (!in_catalog && !size) {
      known.unsized.push_back(&card);
      continue;
    }
    if (!in_catalog) record = workshop->make(card, *size);
    known.cards.push_back({&card, record, in_catalog});
  }
  known.owned = workshop;
  return known;
}

}  // namespace llmfit
