// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "search/format_search.hpp"

namespace llmfit::search {

/// What the fullest device of a set of equal cards holds: the set fits where its card has as much.
/// It depends on the card under vLLM alone, and there on what its defaults are and which split its
/// memory allows.
class FullestDevice {
 public:
  explicit FullestDevice(const FormatContext& context) : context_(context) {}

  struct Held {
    Split split;
    Bytes bytes;
  };
  /// Of so many cards in machines of up to eight, under the first split that fits, else under the
  /// one that takes the least; absent: they cannot share the model.
  std::optional<Held> of(std::int32_t count, const Device& card);

 private:
  struct Known {
    std::int32_t count;
    CardKind kind;
    std::vector<Held> splits;  ///< the preferred one first
  };
  std::span<const Held> in_each_split(std::int32_t count, const Device& card);
  [[nodiscard]] std::vector<Split> splits(std::int32_t count) const;
  [[nodiscard]] Bytes look(const Split& split, const Device& card) const;

  const FormatContext& context_;
  std::vector<Known> known_;
};

/// What a card offers to the model.
Bytes room_on(const FormatContext& context, const Device& card);

/// Whether the verdict on a set of equal cards is whether its fullest device holds its part:
/// nothing is offloaded, and neither the budget nor the model's limit speaks against it.
bool needs_memory_only(const FormatContext& context);

/// A set of equal cards that holds the model, priced, but without its devices: most are cut from
/// the list before anybody looks at them.
Candidate sketch(const FormatContext& context, const GpuRecord& gpu, std::int32_t count,
                 const Split& split);
/// Places it, where it is a sketch.
void complete(const FormatContext& context, Candidate& candidate);

}  // namespace llmfit::search
