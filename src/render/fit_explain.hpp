// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "render/fit_view.hpp"
#include "render/report.hpp"

namespace llmfit::render {

/// A term's formula with the values of its inputs in place of their names; empty unless that leaves
/// nothing but numbers to compute.
std::string with_values(const Term& term);

/// The product behind a cache, "40 layers × 4,096 tokens × (10,240 + 10,240) B"; empty where that
/// is not the whole rule (windows, padding).
std::string cache_sum(const Term& term);

/// The same of a state, "36 layers × (24,576 + 524,288) × 4 B"; empty where it is not kept in 32
/// bits, or not alike in all layers.
std::string state_sum(const Term& term);

/// "exact", or "estimate, 0.36 to 0.60 GiB".
std::string basis_text(const Term& term);

/// How each figure of one format was made: a section for the engine, for each term and one for the
/// usable memory of the devices among the first `shown` configurations.
std::vector<Section> explain(const Catalog& catalog, const FormatResult& format, std::size_t shown);

}  // namespace llmfit::render
