// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "llmfit/catalog.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// Listings of `llmfit models|gpus|offers`: the records that matched, in their order.
Report models_report(std::span<const ModelRecord* const> models);
Report gpus_report(std::span<const GpuRecord* const> gpus);
Report offers_report(std::span<const OfferRecord* const> offers);

}  // namespace llmfit::render
