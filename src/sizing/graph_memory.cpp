// SPDX-License-Identifier: MIT
#include "sizing/graph_memory.hpp"

#include <algorithm>

namespace llmfit::sizing::llama_cpp {
namespace {

std::size_t place_of(std::uint64_t fingerprint, const GraphSetting& setting, std::size_t places) {
  const auto mixed = fingerprint + static_cast<std::uint64_t>(setting.tokens) +
                     static_cast<std::uint64_t>(setting.outputs) * 17 +
                     static_cast<std::uint64_t>(setting.sequences) * 31 +
                     static_cast<std::uint64_t>(setting.cells >> 8) * 7 + setting.first_block * 5 +
                     setting.end_block * 3;
  return static_cast<std::size_t>(mixed % places);
}

/// Whether two settings differ in amounts only.
bool same_kind(const GraphSetting& a, const GraphSetting& b) {
  return a.first_block == b.first_block && a.end_block == b.end_block && a.copies == b.copies &&
         a.windows == b.windows && a.flash_attention == b.flash_attention &&
         a.transposed_values == b.transposed_values && a.on_device == b.on_device &&
         a.cache_k == b.cache_k && a.cache_v == b.cache_v;
}

Bytes eighth(Bytes bytes) { return bytes.overflowed() ? bytes : Bytes{bytes.count() / 8}; }

/// Whether `a` has no more of anything than `b`.
bool within(const GraphSetting& a, const GraphSetting& b) {
  return a.tokens <= b.tokens && a.outputs <= b.outputs && a.sequences <= b.sequences &&
         a.streams <= b.streams && a.cells <= b.cells && a.window_cells <= b.window_cells;
}

}  // namespace

std::optional<Bytes> GraphMemory::find(std::uint64_t fingerprint,
                                       const GraphSetting& setting) const {
  const auto& entry = entries_[place_of(fingerprint, setting, places)];
  if (entry.fingerprint != fingerprint || !(entry.setting == setting)) return std::nullopt;
  return entry.bytes;
}

void GraphMemory::keep(std::uint64_t fingerprint, const GraphSetting& setting, Bytes bytes) {
  entries_[place_of(fingerprint, setting, places)] = {fingerprint, setting, bytes};
}

Bytes GraphBounds::least(std::uint64_t fingerprint, const GraphSetting& setting) const {
  Bytes least;
  for (const auto& entry : entries_) {
    if (entry.fingerprint != fingerprint || !same_kind(entry.setting, setting)) continue;
    if (within(entry.setting, setting)) least = std::max(least, entry.bytes);
  }
  return least - eighth(least);
}

Bytes GraphBounds::most(std::uint64_t fingerprint, const GraphSetting& setting) const {
  auto most = Bytes::max();
  for (const auto& entry : entries_) {
    if (entry.fingerprint != fingerprint || !same_kind(entry.setting, setting)) continue;
    if (within(setting, entry.setting)) most = std::min(most, entry.bytes);
  }
  return most + eighth(most) + eighth(eighth(most) * 2);
}

void GraphBounds::keep(std::uint64_t fingerprint, const GraphSetting& setting, Bytes bytes) {
  entries_[next_] = {fingerprint, setting, bytes};
  next_ = (next_ + 1) % kept;
}

}  // namespace llmfit::sizing::llama_cpp
