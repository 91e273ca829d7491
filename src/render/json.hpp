// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "llmfit/catalog.hpp"
#include "llmfit/result.hpp"
#include "render/fit_view.hpp"

namespace llmfit::render {

/// `llmfit.report/1`: the main job; with a verdict (`check`) it has a top-level "fits".
std::string fit_json(const FitView& view);

/// `llmfit.error/1`: what goes to standard error.
std::string error_json(const Error& error);

/// `llmfit.catalog/1`: records, as JSON text each, under their array's name ("models", "gpus",
/// "offers", "quants").
std::string catalog_json(std::string_view array, std::span<const std::string_view> records);

}  // namespace llmfit::render
