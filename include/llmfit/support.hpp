// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace llmfit {

/// What is particular about the cards of one vendor. Where a vendor has several, one has to hold.
struct CardRule {
  std::string_view vendor;
  /// gfx targets or architectures that it runs on, an ending `*` stands for any; empty: all.
  std::span<const std::string_view> targets;
  /// Where what one installs starts; older cards need a build of one's own. Absent: with the least.
  std::optional<std::int32_t> packaged_compute_capability;
  std::optional<std::int32_t> native_compute_capability;  ///< the hardware computes in it from here
  std::span<const std::string_view> native_targets;       ///< empty: all that it runs on
  std::string_view otherwise;                             ///< how it runs where it is not native
};

/// The cards that an engine, a format of it or a type of its cache runs on.
struct CardSupport {
  std::span<const std::string_view> vendors;           ///< empty: all
  std::optional<std::int32_t> min_compute_capability;  ///< NVIDIA; 75 is 7.5; absent: any
  std::span<const CardRule> rules;
};

/// A type of the cache that does not run wherever its engine does.
struct CacheSupport {
  std::string_view type;  ///< the word of --kv-type
  CardSupport cards;
};

/// Models that an engine does not run on any card.
struct ModelsNotRun {
  /// Architectures (GGUF name or model_type) or the kinds "encoder" and "encoder-decoder".
  std::span<const std::string_view> models;
  std::string_view because;  ///< ends a sentence that begins with the engine
};

}  // namespace llmfit
