// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "catalog/fields.hpp"
#include "llmfit/catalog.hpp"

namespace llmfit::catalog {

/// Economics are looked up by the program's readers alone: only the id is typed.
struct EconomicsRecord {
  std::string_view id;
  std::string_view json;
};

/// The typed form of one record that the schema has passed. Views point into the arena of `fields`.
/// An offer's `gpu_index` is set when all cards are known.
ModelRecord read_model(const Fields& fields);
ArchitectureRecord read_architecture(const Fields& fields);
GpuRecord read_gpu(const Fields& fields);
OfferRecord read_offer(const Fields& fields);
Format read_format(const Fields& fields);
EngineRecord read_engine(const Fields& fields);
/// What a card's record says of its speed.
CardPeaks read_peaks(const Fields& fields);
/// The stacks under `speed` of an engine.
std::span<const SpeedRules> read_speed(const Fields& fields);
EconomicsRecord read_economics(const Fields& fields);

/// "8.6" is 86, "12.0" is 120; null: no such text.
std::optional<std::int32_t> read_compute_capability(std::string_view text);

}  // namespace llmfit::catalog
