// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "search/format_search.hpp"

namespace llmfit::search {

/// What the fullest device of a set of equal cards holds. It does not depend on the cards but under
/// vLLM, so that a set fits where its card has as much.
class FullestDevice {
 public:
  explicit FullestDevice(const FormatContext& context) : context_(context) {}

  /// Of so many cards in machines of up to eight; absent: they cannot share the model.
  std::optional<Bytes> of(std::int32_t count);

 private:
  [[nodiscard]] std::optional<Bytes> look(std::int32_t count) const;

  struct Known {
    std::int32_t count;
    std::optional<Bytes> bytes;
  };
  const FormatContext& context_;
  std::vector<Known> known_;
};

/// Whether the verdict on a set of equal cards is whether its fullest device holds its part:
/// nothing is offloaded, and neither the budget nor the model's limit speaks against it.
bool needs_memory_only(const FormatContext& context);

/// A set of equal cards that holds the model, priced, but without its devices: most are cut from
/// the list before anybody looks at them.
Candidate sketch(const FormatContext& context, const GpuRecord& gpu, std::int32_t count);
/// Places it, where it is a sketch.
void complete(const FormatContext& context, Candidate& candidate);

}  // namespace llmfit::search
