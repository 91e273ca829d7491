// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "search/format_search.hpp"

namespace llmfit::search {

/// Whether a load is asked for, the cheapest first and nothing else of a configuration: then what a
/// set costs at least is known before it is looked at.
bool has_price_bounds(const FormatContext& context);

/// Of each card that serves the load one set. Those that can come first, as many as the request
/// shows, are the best of theirs; of the others it is only known that they serve and cost more.
std::vector<Candidate> served_cards(const FormatContext& context,
                                    std::span<const GpuRecord* const> gpus);

}  // namespace llmfit::search
