// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "llmfit/units.hpp"
#include "sizing/graph_builder.hpp"

namespace llmfit::sizing::llama_cpp {

/// What was replayed of which model.
struct Replayed {
  std::uint64_t fingerprint = 0;
  GraphSetting setting;
  Bytes bytes;
};

/// Results of the latest different calls, each in the only place where it may stand.
class GraphMemory {
 public:
  [[nodiscard]] std::optional<Bytes> find(std::uint64_t fingerprint,
                                          const GraphSetting& setting) const;
  void keep(std::uint64_t fingerprint, const GraphSetting& setting, Bytes bytes);

 private:
  static constexpr std::size_t places = 251;  // a prime spreads multiples of a power of two
  std::array<Replayed, places> entries_;
};

/// The last replays as bounds of others of the same blocks. Where the batch, its outputs, the
/// sequences or the cells are more, a graph takes more or, because larger tensors find other free
/// pieces, a little less: at most 10.4 % over every model of the catalog with 1 to 256 outputs, 512
/// to 768 tokens or 512 to 65,792 cells. The bounds leave an eighth for that.
class GraphBounds {
 public:
  /// Not more than a replay would give; 0 where none was of less.
  [[nodiscard]] Bytes least(std::uint64_t fingerprint, const GraphSetting& setting) const;
  /// Not less; `Bytes::max()` where none was of more.
  [[nodiscard]] Bytes most(std::uint64_t fingerprint, const GraphSetting& setting) const;
  void keep(std::uint64_t fingerprint, const GraphSetting& setting, Bytes bytes);

 private:
  static constexpr std::size_t kept = 64;
  std::array<Replayed, kept> entries_;
  std::size_t next_ = 0;
};

}  // namespace llmfit::sizing::llama_cpp
