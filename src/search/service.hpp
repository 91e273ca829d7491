// SPDX-License-Identifier: MIT
#pragma once

#include "search/format_search.hpp"

namespace llmfit::search {

/// Adds what one copy of a candidate that holds the model serves, and how many copies the load
/// takes at what price. Nothing where no load is asked for.
void add_service(const FormatContext& context, Candidate& candidate);

/// Adds what the copies do when they share the load evenly, and what their tokens cost then.
void finish_service(const FormatContext& context, Candidate& candidate);

/// False where one copy, which holds so many at most, cannot serve that many requests in flight
/// within the latencies.
bool may_serve(const FormatContext& context, const Candidate& candidate, std::int64_t requests,
               std::int64_t most);

/// How far the latency that is broken most is from what was asked, as a factor; absent: no speed is
/// known.
std::optional<double> excess_of(const LoadRequest& load, const Candidate& candidate);

/// What the fastest have most of, tokens a second: all copies' together, or those of one answer
/// where the load is so many requests a second, which every number of copies serves alike. Absent:
/// not known.
std::optional<double> service_speed(const FormatContext& context, const Candidate& candidate);

}  // namespace llmfit::search
