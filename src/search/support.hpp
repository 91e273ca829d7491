// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "llmfit/fit.hpp"

namespace llmfit::search {

CardSupport support_of(const EngineRecord& engine);
CardSupport support_of(const Format& format);
/// Of the types that the workload's cache has under the engine; empty where nothing is particular.
CardSupport support_of_cache(const EngineRecord& engine, const Workload& workload);

/// What of a card stands against it.
enum class Obstacle { none, vendor, capability, target };

Obstacle obstacle(const CardSupport& support, const GpuRecord& gpu);

/// The rule of the card's own vendor that holds for it; null: there is none.
const CardRule* rule_of(const CardSupport& support, const GpuRecord& gpu);

/// Whether the card's hardware computes in it. True where nothing is said.
bool is_native(const CardRule& rule, const GpuRecord& gpu);

/// "gfx1031" or "Gaudi 3": what tells cards of a vendor apart.
std::string_view target_name(const GpuRecord& gpu);
/// "gfx90a, gfx942 and others": what the rules of the card's vendor ask for.
std::string targets_text(const CardSupport& support, const GpuRecord& gpu);

/// Why the engine does not run the model on any card; absent: it does.
std::optional<std::string> model_obstacle(const EngineRecord& engine, const Model& model);

/// Whether engine, format and cache run on the card (which they may not be installed for).
bool runs_on(const EngineRecord& engine, const Format& format, const Workload& workload,
             const GpuRecord& gpu);

/// What a person learns of a configuration that its engine, format or cache does not run on: the
/// cause, and what the memory would have said.
std::vector<Note> support_notes(const Catalog& catalog, const Model& model, const FormatResult& one,
                                const Candidate& candidate);

/// What runs all the same, but not natively or only in a build of one's own.
std::vector<Note> native_notes(const Catalog& catalog, const FormatResult& one,
                               const Candidate& candidate);

}  // namespace llmfit::search
