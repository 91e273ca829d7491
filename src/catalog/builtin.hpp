// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "llmfit/catalog.hpp"

/// What the generator wrote from data/: constants, so that a start costs nothing.
namespace llmfit::catalog::builtin {

extern const std::span<const ModelRecord> models;
extern const std::span<const NameEntry> model_names;
extern const std::span<const GpuRecord> gpus;
extern const std::span<const NameEntry> gpu_names;
extern const std::span<const NameEntry> gpu_families;
extern const std::span<const OfferRecord> offers;
extern const std::span<const Format> formats;
extern const std::span<const EngineRecord> engines;
extern const std::span<const std::string_view> economics;
extern const std::string_view schema;
extern const std::string_view version;
extern const std::string_view prices_as_of;

}  // namespace llmfit::catalog::builtin
